/** Says, across all tabs of this tablet, that a form holds work that is not saved yet. */

const LOCK = 'wardlight.dirty';

/** Marks a form dirty until the returned function is called. Fits a Svelte effect: `$effect(() => dirty ? markDirty() : undefined)`. */
export function markDirty(): () => void {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  // A lock dies with its tab: a killed form can not block an update for ever.
  void navigator.locks.request(LOCK, { mode: 'shared' }, () => held);
  return release;
}

/** Whether any form in any tab is dirty. */
export async function isAnyFormDirty(): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some((lock) => lock.name === LOCK);
}
