/** Where an arrow key leads among beds: sideways along all of them, up and down at the same place of the next bay. Pure. */
export function stepFrom(
  bays: readonly (readonly string[])[],
  from: string,
  key: string,
): string | undefined {
  const row = bays.findIndex((bay) => bay.includes(from));
  const place = bays[row]?.indexOf(from) ?? -1;
  const all = bays.flat();
  const next = bays[row + (key === 'ArrowDown' ? 1 : -1)];
  switch (key) {
    case 'ArrowLeft':
      return all[all.indexOf(from) - 1];
    case 'ArrowRight':
      return all[all.indexOf(from) + 1];
    case 'ArrowUp':
    case 'ArrowDown':
      return next?.[Math.min(place, next.length - 1)];
    case 'Home':
      return all[0];
    case 'End':
      return all.at(-1);
    default:
      return undefined;
  }
}
