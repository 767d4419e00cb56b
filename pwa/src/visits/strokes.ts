/** Strokes drawn on the glass as a path of an SVG drawing: moves and lines in whole numbers. Pure. */

export type Point = readonly [x: number, y: number];
export type Stroke = readonly Point[];

/** What an entry takes (shared_schemas/visits.py). */
const LONGEST = 16_000;
/** Closer points draw the same line. */
const APART = 2;

/** The stroke with one more point; the same stroke when the finger has hardly moved. */
export function drawn(stroke: Stroke, [x, y]: Point): Stroke {
  const point: Point = [Math.round(x), Math.round(y)];
  const last = stroke.at(-1);
  const near = last && Math.hypot(point[0] - last[0], point[1] - last[1]) < APART;
  return near ? stroke : [...stroke, point];
}

/** `M1 2L3 4`: a touch alone is a line to itself, so that it is seen. */
function pathOfStroke([first, ...rest]: Stroke): string {
  if (!first) return '';
  const lines = rest.length ? rest : [first];
  return `M${first[0]} ${first[1]}${lines.map(([x, y]) => `L${x} ${y}`).join('')}`;
}

/** All strokes as one path; of a very long signature every second point goes until it fits. */
export function pathOf(strokes: readonly Stroke[]): string {
  const path = strokes.map(pathOfStroke).join('');
  if (path.length <= LONGEST) return path;
  const thinner = strokes.map((stroke) => stroke.filter((_, at) => at % 2 === 0 || at === stroke.length - 1));
  if (thinner.some((stroke, at) => stroke.length < (strokes[at]?.length ?? 0))) return pathOf(thinner);
  // Nothing but thousands of touches: nobody signs so.
  return pathOf(strokes.slice(0, strokes.length / 2));
}
