/** Where an entry lies in the outbox, and its number `n`: dense from 1 for each pairing (docs/protocol.md, entry). Pure. */

import type { Span } from './contract.ts';

/** `places` taken so far; those up to `before` are of earlier pairings. */
export type Counter = { places: number; before: number };

export function nextPlace({ places, before }: Counter): { place: number; n: number } {
  return { place: places + 1, n: places + 1 - before };
}

/** Numbers begin again at 1; entries that still wait keep their places, their numbers and their device. */
export function pairedAnew({ places }: Counter): Counter {
  return { places, before: places };
}

/** Where numbers of this pairing lie. */
export function placesOf(spans: readonly Span[], before: number): Span[] {
  return spans.map(([first, last]) => [first + before, last + before]);
}

/** The wanted places as runs from first to last: between two of a run nothing is here that was not wanted. */
export function runs(here: readonly number[], wanted: ReadonlySet<number>): [number, number][] {
  const found: [number, number][] = [];
  let joins = false;
  for (const place of here) {
    const run = found.at(-1);
    if (wanted.has(place) && joins && run) run[1] = place;
    else if (wanted.has(place)) found.push([place, place]);
    joins = wanted.has(place);
  }
  return found;
}
