/** The shape and text of a score: circle 0-4, square single 3, house 5-6, octagon from 7, dashed circle none. */
import type { Score } from '../schemas';

export type Shape = 'circle' | 'square' | 'house' | 'octagon' | 'dashed';

const SHAPES: Record<string, Shape> = {
  zero: 'circle',
  low: 'circle',
  'low-medium': 'square',
  medium: 'house',
  high: 'octagon',
};

/** A lower bound prints "≥4", everywhere; a refused or absent score prints a dash. */
export function chip(score: Score | undefined): { shape: Shape; text: string } {
  if (!score || score.no_score) return { shape: 'dashed', text: '–' };
  const shape = SHAPES[score.band ?? 'zero'] ?? 'circle';
  if (score.total === null || score.total === undefined) return { shape, text: `≥${score.lower_bound ?? 0}` };
  return { shape, text: String(score.total) };
}
