/** What is shown of a visit before the server knows what was said equals what it makes of it, by the golden cases. */
import { expect, test } from 'vitest';
import golden from '$shared/reference/golden/visits.json';
import type { VisitMoment } from '../schemas';
import { DUTY_RULES } from '../staff/optimistic';
import type { Pending } from '../sync/overlay';
import { rowsOfSnapshot } from '../sync/replica';
import { RowStore } from '../sync/rows';
import { VISIT_RULES } from './optimistic';

const START = Date.parse('2026-11-03T08:00:00.000Z');
const at = (minutes: number) => new Date(START + minutes * 60_000).toISOString();
const minutes = (instant: string | null | undefined) =>
  instant ? (Date.parse(instant) - START) / 60_000 : null;

type Step = { at: number; by: string; do: string; observed?: number } & Record<string, unknown>;
type Case = { name: string; steps: Step[]; visit: Record<string, unknown> } & Record<string, unknown>;

const window = (from: number, to: number) => ({ window_from_at: at(from), window_to_at: at(to) });

const WORDS: Record<string, (step: Step) => [string, object]> = {
  assign: ({ staff }) => ['stay_assigned', { to_staff_id: staff, from_staff_id: null }],
  another_visit: ({ by }) => [
    'visit_planned',
    { visit_id: 'v2', kind: 'visit', ...window(60, 120), staff_id: by },
  ],
  start_another: () => ['visit_started', { visit_id: 'v2' }],
  plan: () => ['visit_planned', { kind: 'visit', ...window(60, 120), staff_id: 'noor' }],
  start: () => ['visit_started', {}],
  end: () => ['visit_ended', {}],
  not_done: ({ reason, text }) => ['visit_not_done', { reason, ...(text ? { text } : {}) }],
  reassign: ({ staff }) => ['visit_reassigned', { staff_id: staff }],
  reschedule: (step) => ['visit_rescheduled', window(...(step['window'] as [number, number]))],
  cancel: ({ reason }) => ['visit_cancelled', { reason }],
  note: ({ text }) => ['visit_note_written', { text }],
  sign: ({ name, strokes }) => ['visit_signed', { signed_by: name, ...(strokes ? { strokes } : {}) }],
};

function said(step: Step, index: number): Pending {
  const [type, fields] = WORDS[step.do]?.(step) ?? ['', {}];
  const body = { stay_id: 's1', visit_id: 'v1', ...fields, observed_at: at(step.observed ?? step.at) };
  const saved = { entry_id: `e${index}`, type, staff_id: step.by, recorded_at: at(step.at), body };
  return { saved: saved as unknown as Pending['saved'] };
}

function told(steps: Step[]): RowStore {
  const store = new RowStore();
  store.overlay.learn({ ...DUTY_RULES, ...VISIT_RULES });
  const stay = { stay_id: 's1', patient_id: 'p1', unit_id: 'u1', admitted_at: at(0), arrived_at: at(0) };
  store.replace('unit:u1', ['e1', 1], rowsOfSnapshot([{ type: 'stay', id: 's1', version: 1, row: stay }]));
  store.expectOnly([{ at: 0, by: 'paula', do: 'plan' }, ...steps].map(said));
  return store;
}

const there = (moment: VisitMoment | null | undefined) =>
  moment ? [moment.staff_id, minutes(moment.observed_at)] : null;

const CASES = (golden.cases as unknown as Case[]).map((one) => [one.name, one] as const);

test.each(CASES)('%s', (_, { steps, visit: wanted, ...also }) => {
  const store = told(steps);
  const visit = store.row('visit', 'v1');
  const found: Record<string, unknown> = {
    state: visit?.state,
    staff: visit?.staff_id ?? null,
    window: [minutes(visit?.window_from_at), minutes(visit?.window_to_at)],
    started: there(visit?.started),
    ended: there(visit?.ended),
    closed: visit?.closed_at ? [visit.closed_by_staff_id, minutes(visit.closed_at)] : null,
    reason: visit?.reason ?? null,
    text: visit?.reason_text ?? null,
    flags: visit?.flags ?? [],
  };
  expect(Object.fromEntries(Object.keys(wanted).map((name) => [name, found[name]]))).toEqual(wanted);
  const task = store.row('task', 'v1');
  if (also['task'])
    expect([task?.state, task?.owner_staff_id ?? null, minutes(task?.due_at)]).toEqual(also['task']);
  if (also['owner']) expect(store.row('stay', 's1')?.owner_staff_id).toBe(also['owner']);
  const note = store.row('visit_note', 'v1');
  if (also['note'])
    expect({
      text: note?.text ?? null,
      author: note?.author_staff_id ?? null,
      signed_by: note?.signature?.signed_by ?? null,
      addenda: (note?.addenda ?? []).map((one) => one.text),
    }).toEqual(also['note']);
});

test('an entry that the server has applied already is not said twice', () => {
  const steps = [
    { at: 63, by: 'noor', do: 'start' },
    { at: 70, by: 'noor', do: 'note', text: 'Wound clean' },
    { at: 80, by: 'noor', do: 'sign', name: 'Ada King' },
    { at: 82, by: 'noor', do: 'note', text: 'Called' },
    { at: 95, by: 'noor', do: 'end' },
  ];
  const before = told(steps);
  const rows = (['visit', 'visit_note', 'task'] as const).map((type) => ({
    ...{ type, id: 'v1', version: 9 },
    row: before.row(type, 'v1') as object,
  }));
  const store = told([]);
  store.replace('unit:u1', ['e1', 9], rowsOfSnapshot(rows));
  store.expectOnly(steps.map((step, index) => said(step, index + 1)));
  for (const { type, row } of rows) expect(store.row(type, 'v1')).toEqual(row);
});
