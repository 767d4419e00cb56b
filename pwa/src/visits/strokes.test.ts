import { parse, pipe, regex, string } from 'valibot';
import { expect, test } from 'vitest';
import { VisitSignedSchema } from '../schemas';
import { drawn, type Point, pathOf, type Stroke } from './strokes';

const entry = (strokes: string) => ({
  observed_at: '2026-11-22T12:00:00.000Z',
  stay_id: '01950000-0000-7000-8000-0000000000a1',
  visit_id: '01950000-0000-7000-8000-0000000000a2',
  signed_by: 'Ada King',
  strokes,
});
const zigzag = (count: number): Stroke =>
  Array.from({ length: count }, (_, at): Point => [at % 600, (at * 7) % 240]);

test('strokes are moves and lines in whole numbers, and a touch alone is seen', () => {
  const stroke = (
    [
      [1.4, 2.6],
      [1.9, 3],
      [30, 40],
    ] as Point[]
  ).reduce<Stroke>(drawn, []);
  expect(stroke).toEqual([
    [1, 3],
    [30, 40],
  ]);
  expect(pathOf([stroke, [[5, 6]]])).toBe('M1 3L30 40M5 6L5 6');
  expect(parse(pipe(string(), regex(/^[ML0-9 ]*$/)), pathOf([stroke]))).toBeTruthy();
});

test.each([1, 100, 2_000, 20_000])(
  'a signature of %i points fits into an entry and begins and ends where it was drawn',
  (count) => {
    const stroke = zigzag(count);
    const strokes = pathOf([stroke]);
    expect(parse(VisitSignedSchema, entry(strokes)).strokes).toBe(strokes);
    const [first, last] = [stroke[0], stroke.at(-1)];
    expect(strokes.startsWith(`M${first?.join(' ')}L`)).toBe(true);
    expect(strokes.endsWith(`L${last?.join(' ')}`)).toBe(true);
  },
);

test('thousands of dots fit, too', () => {
  const dots = Array.from({ length: 4_000 }, (_, at): Stroke => [[at % 600, at % 240]]);
  expect(pathOf(dots).length).toBeLessThanOrEqual(16_000);
});
