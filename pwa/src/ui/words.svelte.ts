/** The few words that parts say by themselves; the app sets them in the language of the person. */

/** Replace the fields, never the object: parts read them live. */
export const words = $state({
  close: 'Close',
  undo: 'Undo',
  seconds_left: (seconds: number) => `${seconds} s`,
});
