/** All that the board says of one instant. Between ticks its lines keep their places, and what they say goes on. Pure. */
import { type Beds, bedsOf } from './beds';
import { type Load, loadsOf } from './drowning';
import type { Facts } from './facts';
import { type Figures, figuresOf } from './figures';
import { LINES, type Needs, needsOf } from './needs';
import { ROWS, type Sickest, sickestOf } from './sickest';
import { type Trust, trustOf } from './trust';

export interface Picture {
  facts: Facts;
  figures: Figures;
  needs: Needs;
  loads: Load[];
  sickest: Sickest;
  beds: Beds;
  trust: Trust;
}

export function pictureOf(facts: Facts): Picture {
  return {
    facts,
    figures: figuresOf(facts),
    needs: needsOf(facts),
    loads: loadsOf(facts),
    sickest: sickestOf(facts),
    beds: bedsOf(facts),
    trust: trustOf(facts),
  };
}

/** What is known now, in the order of what is shown. Who is new comes last; who is gone stays until the next tick. */
export function inPlace(shown: Picture, fresh: Picture): Picture {
  const needs = [...fresh.needs.lines, ...fresh.needs.more];
  const lines = kept(shown.needs.lines, needs, ({ alert }) => alert.alert_id);
  const patients = [...fresh.sickest.rows, ...fresh.sickest.tiles];
  const sickest = kept([...shown.sickest.rows, ...shown.sickest.tiles], patients, ({ id }) => id);
  return {
    ...fresh,
    needs: {
      ...fresh.needs,
      lines: lines.slice(0, LINES),
      more: needs.filter((need) => !lines.slice(0, LINES).includes(need)),
    },
    loads: kept(shown.loads, fresh.loads, ({ id }) => id),
    sickest: { rows: sickest.slice(0, ROWS), tiles: sickest.slice(ROWS) },
  };
}

function kept<T>(shown: readonly T[], fresh: readonly T[], idOf: (one: T) => string): T[] {
  const now = new Map(fresh.map((one) => [idOf(one), one]));
  const known = new Set(shown.map(idOf));
  return [...shown.map((one) => now.get(idOf(one)) ?? one), ...fresh.filter((one) => !known.has(idOf(one)))];
}
