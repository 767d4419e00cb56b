/** What is open after decisions, sets and corrections, by the golden cases; the server decides by the same. */
import { expect, test } from 'vitest';
import golden from '$shared/reference/golden/duty.json';
import type { TaskRow } from '../schemas';
import type { Pending } from '../sync/overlay';
import { rowsOfSnapshot } from '../sync/replica';
import { RowStore } from '../sync/rows';
import { isOpen } from '../tasks/task_state';
import { VITALS_RULES } from './optimistic';

const START = Date.parse('2026-11-22T12:00:00.000Z');
const DAY = 1440;
const at = (minutes: number) => new Date(START + minutes * 60_000).toISOString();
const minutes = (instant: string) => (Date.parse(instant) - START) / 60_000;

type Step = {
  id: string;
  at: number;
  observed?: number;
  entry: string;
  corrects?: string;
  body: { values?: object | null };
  instants?: Record<string, number>;
};

type Case = {
  name: string;
  steps: Step[];
  open: { task: string | null } | null;
  paused: boolean;
  stopped: boolean;
};

/** The rows of a patient who came two days ago and was never observed. */
function ward(): RowStore {
  const store = new RowStore();
  store.overlay.learn(VITALS_RULES);
  const arrived_at = at(-2 * DAY);
  const [due_at, overdue_at] = [at(-2 * DAY + 30), at(-2 * DAY + 60)];
  const first = {
    ...{ task_id: 'first', stay_id: 's1', kind: 'observation', state: 'ready', planned_at: arrived_at },
    ...{ due_at, due_soon_at: arrived_at, overdue_at },
    cause: { cause_type: 'admission', cause_id: 's1', text_key: 'cause.first_set' },
  };
  const stay = { stay_id: 's1', patient_id: 'p1', unit_id: 'u1', admitted_at: arrived_at, arrived_at };
  const rows = [
    { type: 'stay', id: 's1', row: stay },
    { type: 'patient', id: 'p1', row: { patient_id: 'p1', stay_id: 's1', born_on: '1950-01-01' } },
    { type: 'task', id: 'first', row: first },
  ];
  store.replace('unit:u1', ['e1', 3], rowsOfSnapshot(rows.map((row) => ({ ...row, version: 1 }))));
  return store;
}

function said(step: Step): Pending {
  const { id: entry_id, entry: type, body } = step;
  const instants = Object.entries({ observed_at: step.observed ?? step.at, ...step.instants });
  const values = body.values ? { values: { ...golden.well, ...body.values } } : {};
  const saved = {
    ...{ entry_id, type, staff_id: 'anna', recorded_at: at(step.at) },
    body: {
      ...{ stay_id: 's1', ...body, ...values },
      ...(step.corrects ? { corrects: step.corrects } : {}),
      ...Object.fromEntries(instants.map(([name, of]) => [name, at(of)])),
    },
  };
  return { saved: saved as unknown as Pending['saved'] };
}

/** The open observation in the words of a case. */
function found(task: TaskRow, named: boolean) {
  return {
    task: named ? task.task_id : null,
    due: minutes(task.due_at),
    overdue: minutes(task.overdue_at),
    cause: named ? task.cause.text_key : null,
    interval_minutes: task.interval_minutes ?? null,
    missing: task.missing ?? [],
  };
}

const CASES = (golden.cases as unknown as Case[]).map((one) => [one.name, one] as const);

test.each(CASES)('%s', (_, { steps, open, paused, stopped }) => {
  const store = ward();
  store.expectOnly(steps.map(said));
  const duty = store.row('observation_duty', 's1');
  expect([Boolean(duty?.pause_reason), duty?.stopped ?? false]).toEqual([paused, stopped]);
  const tasks = store.rows('task').filter((task) => task.kind === 'observation' && isOpen(task));
  expect(tasks.map((task) => found(task, open?.task !== null))).toEqual(open ? [open] : []);
});
