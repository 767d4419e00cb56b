import { expect, test } from 'vitest';
import { factsOf } from './pending.ts';
import { anEntry } from './trial/tablet.ts';

test('the same facts under another log-in still wait for what they need, and are stamped anew', () => {
  const body = { observed_at: '2026-11-22T04:05:06.789Z', clock_offset_ms: -1200, clock_quality: 'fresh' };
  const said = { ...body, seen: { feed: 'unit:u1', epoch: 'e1', seq: 4 }, stay_id: 's1', task_id: 'e1' };
  const entry = { type: 'task_done', recorded_at: body.observed_at, body: JSON.stringify(said) };
  const kept = { ...anEntry(2, { depends_on: ['e1'] }), staff_id: 'mai', device_id: 'd1', number: 2 };
  expect(factsOf({ ...kept, text: JSON.stringify(entry) })).toEqual({
    type: 'task_done',
    fields: { observed_at: '2026-11-22T04:05:05.589Z', stay_id: 's1', task_id: 'e1' },
    depends_on: ['e1'],
  });
});
