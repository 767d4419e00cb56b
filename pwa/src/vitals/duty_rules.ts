/** What decisions about observing a stay will have done, before the server says so: paused, stopped, how often. Pure. */
import type { ObservationDutyRow, TaskRow } from '../schemas';
import type { Expected, OptimisticRules } from '../sync/overlay';
import type { RowReader } from '../sync/rows';
import { instantsOf } from '../tasks/margins';
import { isOpen } from '../tasks/task_state';
import { governing, nextSet, type Taken } from './intervals';
import { byScore, knownSets, observationTask, openObservation, type Plan, rhythmOf } from './planning';

const MINUTE_MS = 60_000;
const REVIEWS = new Set(['task.review_stop', 'task.review_response']);

/** Who says it, and when it was true. */
type Word = { entry_id: string; staff_id: string; at: string };

const PRESENT = { pause_reason: null, paused_at: null, paused_by_staff_id: null, expected_return_at: null };
const OBSERVED = {
  ...PRESENT,
  ...{ stopped: false, response_modified: false, stop_prescriber: null, stop_reason: null, review_at: null },
};

function dutyOf(stay_id: string, store: RowReader): ObservationDutyRow {
  return store.row('observation_duty', stay_id) ?? { stay_id };
}

function decided(duty: ObservationDutyRow, change: Partial<ObservationDutyRow>): Expected {
  return { type: 'observation_duty', id: duty.stay_id, row: { ...duty, ...change } };
}

const isObserved = (duty: ObservationDutyRow) => !duty.paused_at && !duty.stopped;

function ended(task: TaskRow, state: 'completed' | 'cancelled', { staff_id, at }: Word): Expected {
  return {
    type: 'task',
    id: task.task_id,
    row: { ...task, state, ended_at: at, ended_by_staff_id: staff_id },
  };
}

/** Nothing is due any more. */
function withoutObservation(stay_id: string, word: Word, store: RowReader): Expected[] {
  const open = openObservation(stay_id, store);
  return open ? [ended(open, 'cancelled', word)] : [];
}

/** Who decides anew has looked: the review of a stop before is done. */
function reviewed(stay_id: string, word: Word, store: RowReader): Expected[] {
  return store
    .rows('task')
    .filter((task) => task.stay_id === stay_id && REVIEWS.has(task.text_key ?? '') && isOpen(task))
    .map((task) => ended(task, 'completed', word));
}

/** The next set as it is due after a decision; never earlier than it. What was missing stays missing. */
export function replanned(
  duty: ObservationDutyRow,
  { entry_id, at }: Word,
  store: RowReader,
  sets: readonly Taken[] = knownSets(duty.stay_id, store),
): Expected[] {
  const { stay_id } = duty;
  const rhythm = rhythmOf(stay_id, store, duty);
  const open = openObservation(stay_id, store);
  if (!rhythm || !open || !isObserved(duty)) return [];
  const base = { task_id: entry_id, stay_id, planned_at: at, cause: open.cause, missing: open.missing };
  const next = nextSet(sets, rhythm);
  const decided_at = Date.parse(at);
  let plan: Plan | undefined;
  if (next) plan = { ...base, due: Math.max(next.due, decided_at), minutes: next.minutes, band: next.band };
  else if (duty.interval_minutes) {
    const asked = decided_at + duty.interval_minutes * MINUTE_MS;
    plan = { ...base, due: Math.min(Date.parse(open.due_at), asked), band: null };
  }
  const same = plan?.due === Date.parse(open.due_at) && plan.minutes === (open.interval_minutes ?? undefined);
  if (!plan || same) return [];
  const superseded = { ...open, state: 'cancelled' as const, ended_at: at };
  return [{ type: 'task', id: open.task_id, row: superseded }, observationTask(plan, store)];
}

export const DUTY_RULES: OptimisticRules = {
  observations_paused: ({ entry_id, staff_id, body }, store) => {
    const { stay_id, reason, expected_return_at, observed_at: at } = body;
    const newest = governing(knownSets(stay_id, store));
    // Whoever was observed since then is here.
    if (newest && newest.at > Date.parse(at)) return [];
    const paused = { pause_reason: reason, paused_at: at, paused_by_staff_id: staff_id, expected_return_at };
    const word = { entry_id, staff_id, at };
    return [decided(dutyOf(stay_id, store), paused), ...withoutObservation(stay_id, word, store)];
  },
  observations_resumed: ({ entry_id, staff_id, body }, store) => {
    const { stay_id, observed_at: at } = body;
    const duty = dutyOf(stay_id, store);
    const expected = [decided(duty, OBSERVED), ...reviewed(stay_id, { entry_id, staff_id, at }, store)];
    const rhythm = rhythmOf(stay_id, store);
    if (isObserved(duty) || !rhythm) return expected;
    const cause = { cause_type: 'entry' as const, cause_id: entry_id, text_key: 'cause.resumed' };
    const { band } = byScore(knownSets(stay_id, store), rhythm);
    const plan = { task_id: entry_id, stay_id, cause, planned_at: at, due: Date.parse(at), band };
    return [...expected, observationTask(plan, store)];
  },
  observations_stopped: ({ entry_id, staff_id, body }, store) => {
    const { stay_id, prescriber, reason, review_at, response_modified_only = false, observed_at: at } = body;
    const word = { entry_id, staff_id, at };
    const key = response_modified_only ? 'response_modified' : 'stopped';
    const review: TaskRow = {
      task_id: entry_id,
      stay_id,
      kind: 'other',
      state: 'ready',
      text_key: response_modified_only ? 'task.review_response' : 'task.review_stop',
      cause: {
        cause_type: 'entry',
        cause_id: entry_id,
        text_key: `cause.${key}`,
        text_params: { prescriber },
      },
      planned_at: at,
      ...instantsOf('other', review_at, stay_id, store),
    };
    const said = { ...OBSERVED, [key]: true, stop_prescriber: prescriber, stop_reason: reason, review_at };
    return [
      ...reviewed(stay_id, word, store),
      decided(dutyOf(stay_id, store), said),
      { type: 'task', id: entry_id, row: review },
      ...(response_modified_only ? [] : withoutObservation(stay_id, word, store)),
    ];
  },
  spo2_scale_set: ({ body }, store) => {
    const { stay_id, scale, prescriber, reason, target = null, observed_at } = body;
    // The server holds it: scale 2 needs the prescribed target.
    if (scale === 2 && !target) return [];
    const duty = dutyOf(stay_id, store);
    const before = duty.scale_set_at ?? '';
    const scale_set_at = Date.parse(before) > Date.parse(observed_at) ? before : observed_at;
    const set = {
      spo2_scale: scale,
      scale_prescriber: prescriber,
      scale_reason: reason,
      scale_target: target,
    };
    return [decided(duty, { ...set, scale_set_at, scale_conflict: false })];
  },
  observation_interval_set: ({ entry_id, staff_id, body }, store) => {
    const { stay_id, interval_minutes, reason = null, observed_at: at } = body;
    const duty = dutyOf(stay_id, store);
    const rhythm = rhythmOf(stay_id, store);
    if (!rhythm) return [];
    const { band, minutes } = byScore(knownSets(stay_id, store), rhythm);
    // The server holds it: a longer interval needs a reason.
    if (interval_minutes !== null && interval_minutes > minutes && !reason) return [];
    const set = {
      ...duty,
      interval_minutes,
      interval_by_staff_id: interval_minutes === null ? null : staff_id,
      interval_reason: reason,
      interval_band: band,
    };
    return [decided(set, {}), ...replanned(set, { entry_id, staff_id, at }, store)];
  },
};
