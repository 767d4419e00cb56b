/** How beds are said and drawn: a state is shape, word and age. */
import { now } from '../app/clock.svelte';
import { t } from '../app/i18n/index.svelte';
import { clockTime, shortDate, span } from '../app/i18n/moments';
import type { Readiness } from '../schemas';
import type { IconName } from '../ui/icons';
import type { BedState } from './bed_state';
import type { Tile } from './map';

/** Absent: in use, and clean free, which is a ring. */
export const BED_ICONS: Partial<Record<BedState, IconName>> = {
  reserved: 'badge',
  dirty: 'drop',
  cleaning: 'clean',
  on_leave: 'home',
  blocked: 'blocked',
  closed: 'minus',
};

export const MARK_ICONS: Record<Readiness, IconName> = {
  ...{ clean: 'tick', cleaning: 'clean', dirty: 'drop', blocked: 'blocked', closed: 'minus' },
};

const DAY_MS = 86_400_000;

/** `14:28`, and the day before it where that was not within a day of now. */
export function moment(at: string | number): string {
  const far = Math.abs(now() - new Date(at).getTime()) > DAY_MS;
  return far ? `${shortDate(at)}, ${clockTime(at)}` : clockTime(at);
}

/** How long the bed has been so; empty where nobody knows. */
export function ageWords(tile: Tile): string {
  return tile.since_ms === null ? '' : span(now() - tile.since_ms);
}

/** "4C · to clean", with its age: what a bed is told by in a line. */
export function bedWords(tile: Tile): string {
  const age = ageWords(tile);
  return `${t(`beds.state.${tile.state}`)}${age && tile.state !== 'occupied' ? `, ${age}` : ''}`;
}
