/** Where an entry lies in the outbox, and its number `n`: dense from 1 for each pairing (docs/protocol.md, entry). Pure. */

/** `places` taken so far; those up to `before` are of earlier pairings. */
export type Counter = { places: number; before: number };

export function nextPlace({ places, before }: Counter): { place: number; n: number } {
  return { place: places + 1, n: places + 1 - before };
}

/** Numbers begin again at 1; entries that still wait keep their places, their numbers and their device. */
export function pairedAnew({ places }: Counter): Counter {
  return { places, before: places };
}
