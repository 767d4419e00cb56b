/** Where everything on the NEWS2 chart lies, in CSS px: pure arithmetic, no drawing. */
import type { Score } from '../schemas';

/** One parameter's rows, highest value on top. */
export interface Strip {
  parameter: string;
  label: string;
  unit: string;
  bands: { text: string; score: number }[];
}

/** One set. A parameter without a cell was not done, and breaks the line. */
export interface Column {
  id: string;
  time: string;
  cells: Record<string, { band: number; text: string; score: number; corrected?: boolean } | undefined>;
  score: Score | undefined;
  totalText: string;
}

interface Cell {
  key: string;
  x: number;
  y: number;
  text: string;
  score: number;
  missing: boolean;
  corrected: boolean;
}

/** Below this width the chart takes short names. */
export const NARROW = 560;
const TOP = 24;
const TOTALS = 52;
const GAP = 6;

/** Scale 2 names two ranges in one row. */
const LONGEST_RANGE = 12;
const hasLongRange = (strip: Strip) => strip.bands.some((band) => band.text.length > LONGEST_RANGE);

/** Columns are of equal width (by set, as on paper), the newest at the right. */
export function chartGeometry(strips: Strip[], columns: Column[], width: number, height: number) {
  const rows = strips.reduce((sum, strip) => sum + strip.bands.length, 0);
  const room = height - TOP - TOTALS - strips.length * GAP;
  const row = Math.max(16, Math.min(26, room / Math.max(rows, 1)));
  const narrow = width < NARROW;
  const left = narrow ? 62 : 118;
  const gutter = left + (narrow ? 98 : 102);
  const step = (width - gutter) / Math.max(columns.length, 1);
  const times = columns.map((column, i) => ({
    id: column.id,
    x: gutter + i * step,
    text: column.time,
    score: column.score,
  }));

  const cells: Cell[] = [];
  const lines: { x1: number; y1: number; x2: number; y2: number }[] = [];
  let y = TOP;
  const drawn = strips.map((strip) => {
    const top = y;
    y += strip.bands.length * row;
    columns.forEach((column, i) => {
      const cell = column.cells[strip.parameter];
      const x = gutter + i * step;
      cells.push({
        key: `${column.id} ${strip.parameter}`,
        x,
        y: cell ? top + cell.band * row : top + ((strip.bands.length - 1) / 2) * row,
        text: cell?.text ?? '',
        score: cell?.score ?? 0,
        missing: !cell,
        corrected: cell?.corrected ?? false,
      });
      const next = columns[i + 1]?.cells[strip.parameter];
      if (!cell || !next) return;
      const middle = (band: number) => top + (band + 0.5) * row;
      const from =
        cell.text.length * 8.5 +
        18 +
        (cell.score > 0 ? Math.max(0, step - 4 - cell.text.length * 8.5 - 18) : 0);
      lines.push({
        x1: x + Math.min(from, step - 2),
        y1: middle(cell.band),
        x2: x + step + 8,
        y2: middle(next.band),
      });
    });
    const bottom = y + GAP / 2;
    y += GAP;
    return {
      ...strip,
      bands: strip.bands.map((band, i) => ({ ...band, y: top + i * row })),
      // The name stands in the middle, unless a long range there needs its place.
      labelY: top + (hasLongRange(strip) ? 15 : Math.max(15, (strip.bands.length * row) / 2 - 2)),
      bottom,
    };
  });
  return {
    left,
    gutter,
    step,
    row,
    top: TOP,
    strips: drawn,
    times,
    cells,
    lines,
    chartBottom: y,
    totalY: y + 6,
    bottom: y + TOTALS,
  };
}
