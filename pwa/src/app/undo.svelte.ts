/** The offer to take back the last action: one at a time, for ten seconds. */

interface Offer {
  id: number;
  text: string;
  undo: () => void;
  /** Runs when the offer ends without being taken. */
  keep: (() => void) | undefined;
}

let offer = $state.raw<Offer | null>(null);
let offers = 0;

/** The offer on the screen now. */
export function currentOffer(): Offer | null {
  return offer;
}

/** Offers to take an action back; an older offer ends, kept. */
export function offerUndo(text: string, undo: () => void, keep?: () => void): void {
  endOffer();
  offers += 1;
  offer = { id: offers, text, undo, keep };
}

/** Takes the action back. */
export function takeOffer(): void {
  const taken = offer;
  offer = null;
  taken?.undo();
}

/** Lets the action stand. */
export function endOffer(): void {
  const ended = offer;
  offer = null;
  ended?.keep?.();
}
