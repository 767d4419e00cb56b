/** What decisions about observing a stay will have done, before the server says so: paused, stopped, how often. Pure. */
import type { ObservationDutyRow, TaskRow } from '../schemas';
import type { Expected, OptimisticRules, Saved } from '../sync/overlay';
import type { RowReader } from '../sync/rows';
import { instantsOf } from '../tasks/margins';
import { isOpen, isReview } from '../tasks/task_state';
import { isBack, isReviewOverdue, observes, PRESENT } from './duty_state';
import { nextSet } from './intervals';
import { atRiskSince, byScore, knownSets, observationTask, openObservation, rhythmOf } from './planning';
import { replanned, type Word } from './replanning';

const OBSERVED = {
  ...PRESENT,
  ...{ stopped: false, response_modified: false, stop_prescriber: null, stop_reason: null, review_at: null },
};

type Decision = Saved<
  'observations_paused' | 'observations_resumed' | 'observations_stopped' | 'observation_interval_set'
>;

function wordOf({ entry_id, staff_id, recorded_at, body }: Decision): Word {
  return { entry_id, staff_id, recorded_at, stay_id: body.stay_id, at: body.observed_at };
}

function dutyOf(stay_id: string, store: RowReader): ObservationDutyRow {
  return store.row('observation_duty', stay_id) ?? { stay_id };
}

function decided(duty: ObservationDutyRow, change: Partial<ObservationDutyRow>): Expected {
  return { type: 'observation_duty', id: duty.stay_id, row: { ...duty, ...change } };
}

function ended(task: TaskRow, state: 'completed' | 'cancelled', { staff_id, at }: Word): Expected {
  return {
    type: 'task',
    id: task.task_id,
    row: { ...task, state, ended_at: at, ended_by_staff_id: staff_id },
  };
}

/** Nothing is due any more. */
function withoutObservation(word: Word, store: RowReader): Expected[] {
  const open = openObservation(word.stay_id, store);
  return open ? [ended(open, 'cancelled', word)] : [];
}

/** Who decides anew has looked: the review of a stop before is done. */
function reviewed(word: Word, store: RowReader): Expected[] {
  return store
    .rows('task')
    .filter((task) => task.stay_id === word.stay_id && isReview(task) && isOpen(task))
    .map((task) => ended(task, 'completed', word));
}

/** Observed again: a set is due at once; where a review had passed, since then. */
function observedAgain(
  duty: ObservationDutyRow,
  { entry_id, at, ...word }: Word,
  store: RowReader,
): Expected[] {
  const { stay_id, recorded_at } = word;
  const now = Date.parse(recorded_at);
  const passed = duty.stopped && isReviewOverdue(duty, now) && !openObservation(stay_id, store);
  const due_at = observes(duty, now) ? passed && duty.review_at : at;
  const rhythm = rhythmOf(stay_id, store);
  if (!due_at || !rhythm) return [];
  const cause = { cause_type: 'entry' as const, cause_id: entry_id, text_key: 'cause.resumed' };
  const sets = knownSets(stay_id, store);
  const next = nextSet(sets, rhythm);
  const at_risk = atRiskSince(sets, next);
  const due = Date.parse(due_at);
  const plan = {
    task_id: entry_id,
    stay_id,
    cause,
    planned_at: recorded_at,
    due,
    band: next?.band ?? null,
    at_risk,
  };
  return [observationTask(plan, store)];
}

export const DUTY_RULES: OptimisticRules = {
  observations_paused: (saved, store) => {
    const { stay_id, reason, expected_return_at, observed_at: at } = saved.body;
    // Whoever was observed since then is here.
    if (knownSets(stay_id, store).some((one) => isBack(at, one))) return [];
    const paused_by_staff_id = saved.staff_id;
    const paused = { pause_reason: reason, paused_at: at, paused_by_staff_id, expected_return_at };
    return [decided(dutyOf(stay_id, store), paused), ...withoutObservation(wordOf(saved), store)];
  },
  observations_resumed: (saved, store) => {
    const word = wordOf(saved);
    const duty = dutyOf(word.stay_id, store);
    return [decided(duty, OBSERVED), ...reviewed(word, store), ...observedAgain(duty, word, store)];
  },
  observations_stopped: (saved, store) => {
    const { entry_id, recorded_at, body } = saved;
    const { stay_id, prescriber, reason, review_at, response_modified_only = false, observed_at: at } = body;
    const word = wordOf(saved);
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
    const duty = { ...dutyOf(stay_id, store), ...said };
    return [
      ...reviewed(word, store),
      decided(duty, {}),
      { type: 'task', id: entry_id, row: review },
      ...(observes(duty, Date.parse(recorded_at)) ? [] : withoutObservation(word, store)),
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
  observation_interval_set: (saved, store) => {
    const { stay_id, interval_minutes, reason = null, observed_at: at } = saved.body;
    const duty = dutyOf(stay_id, store);
    const rhythm = rhythmOf(stay_id, store);
    if (!rhythm) return [];
    const { band, minutes } = byScore(knownSets(stay_id, store), rhythm);
    // The server holds it: a longer interval needs a reason.
    if (interval_minutes !== null && interval_minutes > minutes && !reason) return [];
    const set = {
      ...duty,
      interval_minutes,
      interval_by_staff_id: interval_minutes === null ? null : saved.staff_id,
      interval_reason: reason,
      interval_band: band,
    };
    return [decided(set, {}), ...replanned(wordOf(saved), store, { duty: set, not_before: Date.parse(at) })];
  },
};
