/** The shape and text of a score: circle 0-4, square single 3, house 5-6, octagon from 7, dashed circle none. */
import type { Score } from '../schemas';
import type { ChipShape, ChipTone } from '../ui/Chip.svelte';

interface Drawn {
  shape: ChipShape;
  tone: ChipTone;
  text: string;
}

const DRAWN: Record<string, [ChipShape, ChipTone]> = {
  zero: ['circle', 'none'],
  low: ['circle', 'none'],
  'low-medium': ['square', 'n1'],
  medium: ['house', 'n2'],
  high: ['octagon', 'red'],
};

/** A lower bound prints "≥4", everywhere; a refused or absent score prints a dash. */
export function chip(score: Score | undefined): Drawn {
  if (!score || score.no_score) return { shape: 'dashed', tone: 'none', text: '–' };
  const [shape, tone] = DRAWN[score.band ?? 'zero'] ?? ['circle', 'none'];
  const text = score.total ?? `≥${score.lower_bound ?? 0}`;
  return { shape, tone, text: String(text) };
}
