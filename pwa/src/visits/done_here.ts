/** What was done in a visit, and what of it is still open. Pure. */
import type { TaskRow, VisitNoteRow, VisitRow, VitalSignsRow } from '../schemas';
import { isOpen } from '../tasks/task_state';
import { validSets } from '../vitals/sets';
import { PLAN_VISIT } from './visit_task';

/** Who forgot to tap Start has charted a little before. */
const EARLY_MS = 10 * 60_000;

type Sets = { set: VitalSignsRow | undefined; before: VitalSignsRow | undefined };

/** From when on what is done is done in this visit; none before it begins. */
function since({ started, ended }: VisitRow): number | undefined {
  const began = started ?? ended;
  return began ? Date.parse(began.observed_at) - EARLY_MS : undefined;
}

function during(visit: VisitRow, at: string | null | undefined): boolean {
  const from = since(visit);
  if (from === undefined || !at) return false;
  const to = visit.ended ? Date.parse(visit.ended.observed_at) : Number.POSITIVE_INFINITY;
  return Date.parse(at) >= from && Date.parse(at) <= to;
}

/** The newest set of this visit, and the newest from before it. */
export function setsOf(visit: VisitRow, rows: Iterable<VitalSignsRow>): Sets {
  const sets = validSets(rows).filter((set) => set.stay_id === visit.stay_id);
  const from = since(visit) ?? Number.POSITIVE_INFINITY;
  return {
    set: sets.filter((set) => during(visit, set.observed_at)).at(-1),
    before: sets.filter((set) => Date.parse(set.observed_at) < from).at(-1),
  };
}

/** Care that this visit could do: done in it first, then what is due by the end of the day, the soonest first. */
export function careOf(
  visit: VisitRow,
  rows: Iterable<TaskRow>,
  dateOf: (ms: number) => string,
  now_ms: number,
): TaskRow[] {
  const cared = [...rows].filter(
    ({ stay_id, kind, text_key }) =>
      stay_id === visit.stay_id && kind !== 'home_visit' && kind !== 'observation' && text_key !== PLAN_VISIT,
  );
  const done = cared
    .filter((task) => task.state === 'completed' && during(visit, task.ended_at))
    .sort((a, b) => Date.parse(a.ended_at ?? '') - Date.parse(b.ended_at ?? ''));
  const open = visit.ended
    ? []
    : cared
        .filter((task) => isOpen(task) && dateOf(Date.parse(task.due_at)) <= dateOf(now_ms))
        .sort((a, b) => Date.parse(a.due_at) - Date.parse(b.due_at) || a.task_id.localeCompare(b.task_id));
  return [...done, ...open];
}

/** What a person is told before she leaves: nothing of it keeps her. */
export type Open = { kind: 'vitals' } | { kind: 'signature' } | { kind: 'care'; task: TaskRow };

/** A call has no signature, and nobody measures by telephone. */
export function openOf(
  visit: VisitRow,
  { set }: Sets,
  care: readonly TaskRow[],
  note: VisitNoteRow | undefined,
): Open[] {
  const call = visit.kind === 'call';
  return [
    ...(set || call ? [] : [{ kind: 'vitals' as const }]),
    ...care.filter(isOpen).map((task) => ({ kind: 'care' as const, task })),
    ...(note?.signature || call ? [] : [{ kind: 'signature' as const }]),
  ];
}
