/** Places in the outbox that are deleted together. Pure. */

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
