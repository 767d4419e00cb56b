/** What entries about visits will have done, before the server says so: the visit, its note, its care task, who answers. */
import type { VisitMoment, VisitRow } from '../schemas';
import type { Expected, OptimisticRules, Saved } from '../sync/overlay';
import type { RowReader } from '../sync/rows';
import { isOpen } from '../tasks/task_state';
import { signed, written } from './notes';
import { cancelled, type Decision, ended, notDone, reassigned, rescheduled, started } from './progress';
import { SOS_RULES } from './sos_rules';
import * as task_of from './visit_task';

/** The server corrects the instants of an entry as this tablet does; to the second they are the same. */
const SAME_MS = 1000;

type About = { entry_id: string; staff_id: string; recorded_at: string; body: { observed_at: string } };

/** Whether what the server's row says already is this very entry: it is not said twice. */
function isOwn(said: { staff_id?: string | null; at?: string | null }, { staff_id, body }: About): boolean {
  return (
    said.staff_id === staff_id &&
    Math.abs(Date.parse(said.at ?? '') - Date.parse(body.observed_at)) <= SAME_MS
  );
}

const moment = ({ staff_id, recorded_at, body }: About, position: VisitMoment['position']): VisitMoment => ({
  ...{ staff_id, observed_at: body.observed_at, recorded_at },
  // The server has not got it: until it has, the time of writing stands in.
  received_at: recorded_at,
  ...(position ? { position } : {}),
});

function visitOf({ stay_id, visit_id }: { stay_id: string; visit_id: string }, store: RowReader) {
  const visit = store.row('visit', visit_id);
  return visit?.stay_id === stay_id ? visit : undefined;
}

/** The visit after a decision, and its care task where that took effect. */
function decided({ visit, took }: Decision, change: task_of.Change, store: RowReader): Expected[] {
  const { visit_id } = visit;
  const task = store.row('task', visit_id);
  const rows: Expected[] = [{ type: 'visit', id: visit_id, row: visit }];
  if (took && task) rows.push({ type: 'task', id: visit_id, row: change(task) });
  return rows;
}

/** Whoever is at a patient's home is the first to be asked about the patient, unless somebody was or was made so since. */
function owned(visit: VisitRow, store: RowReader): Expected[] {
  const stay = store.row('stay', visit.stay_id);
  if (visit.state !== 'started' || !stay || !visit.staff_id) return [];
  const since = store
    .rows('visit')
    .filter((one) => one.stay_id === visit.stay_id && one.visit_id !== visit.visit_id)
    .map((one) => one.started?.observed_at);
  const began_ms = Date.parse(visit.started?.observed_at ?? '');
  if ([stay.assigned_at, ...since].some((at) => at && Date.parse(at) > began_ms)) return [];
  return [{ type: 'stay', id: stay.stay_id, row: { ...stay, owner_staff_id: visit.staff_id } }];
}

/** The task "plan the next visit" of a stay is done by planning one. */
function planning(stay_id: string, staff_id: string, at: string, store: RowReader): Expected[] {
  return store
    .rows('task')
    .filter((task) => task.stay_id === stay_id && task.text_key === task_of.PLAN_VISIT && isOpen(task))
    .map((task) => ({ type: 'task', id: task.task_id, row: task_of.completed(staff_id, at)(task) }));
}

function noteOf(about: { stay_id: string; visit_id: string }, store: RowReader) {
  const { stay_id, visit_id } = about;
  return visitOf(about, store) && (store.row('visit_note', visit_id) ?? { visit_id, stay_id });
}

function began(saved: Saved<'visit_started'>, store: RowReader): Expected[] {
  const { body, staff_id } = saved;
  const visit = visitOf(body, store);
  if (!visit || isOwn({ ...visit.started, at: visit.started?.observed_at ?? null }, saved)) return [];
  const decision = started(visit, moment(saved, body.position));
  return [
    ...decided(decision, task_of.begun(staff_id, body.observed_at), store),
    ...(decision.took ? owned(decision.visit, store) : []),
  ];
}

export const VISIT_RULES: OptimisticRules = {
  ...SOS_RULES,
  home_described: ({ body, staff_id }) => {
    const { stay_id, address, way_in = null, phone = null, observed_at: described_at } = body;
    const row = { stay_id, address, way_in, phone, described_at, described_by_staff_id: staff_id };
    return [{ type: 'home', id: stay_id, row }];
  },
  visit_planned: ({ body, staff_id }, store) => {
    const { visit_id, stay_id, kind, window_from_at, window_to_at, observed_at: planned_at } = body;
    // Once the server has it, its word stands.
    if (store.row('visit', visit_id)) return [];
    const visit: VisitRow = {
      ...{ visit_id, stay_id, kind, state: 'planned', window_from_at, window_to_at },
      ...{ plan: body.plan ?? null, bring: body.bring ?? [], staff_id: body.staff_id ?? null },
      ...{ planned_by_staff_id: staff_id, planned_at },
    };
    return [
      { type: 'visit', id: visit_id, row: visit },
      { type: 'task', id: visit_id, row: task_of.taskOf(body, store) },
      ...planning(stay_id, staff_id, planned_at, store),
    ];
  },
  visit_rescheduled: ({ body }, store) => {
    const visit = visitOf(body, store);
    const change = task_of.windowed(body, body.stay_id, store);
    return visit ? decided(rescheduled(visit, body.window_from_at, body.window_to_at), change, store) : [];
  },
  visit_reassigned: ({ body }, store) => {
    const visit = visitOf(body, store);
    return visit ? decided(reassigned(visit, body.staff_id), task_of.given(body.staff_id), store) : [];
  },
  visit_cancelled: ({ body, staff_id }, store) => {
    const visit = visitOf(body, store);
    const { reason, observed_at: at } = body;
    return visit
      ? decided(cancelled(visit, { staff_id, at }, reason), task_of.unwanted(staff_id, at, reason), store)
      : [];
  },
  visit_started: began,
  visit_ended: (saved, store) => {
    const { body, staff_id } = saved;
    const visit = visitOf(body, store);
    if (!visit || isOwn({ ...visit.ended, at: visit.ended?.observed_at ?? null }, saved)) return [];
    const decision = ended(visit, moment(saved, body.position));
    return decided(decision, task_of.completed(staff_id, body.observed_at), store);
  },
  visit_not_done: (saved, store) => {
    const { body, staff_id } = saved;
    const visit = visitOf(body, store);
    if (!visit || isOwn({ staff_id: visit.closed_by_staff_id ?? null, at: visit.closed_at ?? null }, saved))
      return [];
    const { reason, text = null, observed_at: at } = body;
    const decision = notDone(visit, { staff_id, at }, reason, text);
    return decided(decision, task_of.failed(staff_id, at, reason, text), store);
  },
  visit_note_written: ({ entry_id, body, staff_id, recorded_at }, store) => {
    const note = noteOf(body, store);
    const { visit_id, text, observed_at } = body;
    const wrote = { entry_id, text, author_staff_id: staff_id, observed_at, received_at: recorded_at };
    return note ? [{ type: 'visit_note', id: visit_id, row: written(note, wrote) }] : [];
  },
  visit_signed: ({ body, staff_id, recorded_at }, store) => {
    const note = noteOf(body, store);
    const { visit_id, signed_by, strokes = null, observed_at } = body;
    const signature = { signed_by, strokes, staff_id, observed_at, received_at: recorded_at };
    return note ? [{ type: 'visit_note', id: visit_id, row: signed(note, signature) }] : [];
  },
};
