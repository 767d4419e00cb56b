/** When the next set is due, by the golden cases; the server plans by the same. */
import { expect, test } from 'vitest';
import policies from '$shared/reference/escalation.json';
import golden from '$shared/reference/golden/intervals.json';
import type { Band, NoScoreReason, ObservationPolicy, VitalSignsRow } from '../schemas.ts';
import { nextSet } from './intervals.ts';
import { news2 } from './news2.ts';
import { taken } from './taken.ts';

const MINUTE_MS = 60_000;

test.each(golden.cases)('$name', (one) => {
  const now = Date.parse(one.now);
  const policy = policies.policy.observation as ObservationPolicy;
  const found = nextSet(
    one.sets.map((set) => ({
      id: `set of ${set.minutes_ago}`,
      at: now - set.minutes_ago * MINUTE_MS,
      received: now - set.minutes_ago * MINUTE_MS,
      single_3: false,
      unobtainable: [],
      complete: set.complete,
      band: set.band as Band | null,
      figure: set.figure,
      no_score: set.no_score as NoScoreReason | null,
    })),
    {
      policy: { ...policy, sleep_skips_zero: one.sleep_skips_zero },
      zone: 'Europe/London',
      admitted: now - one.admitted_minutes_ago * MINUTE_MS,
      duty: { interval_minutes: one.person_minutes, interval_band: one.person_band as Band | null },
    },
  );
  expect(found ? (found.due - now) / MINUTE_MS : null).toBe(one.due_in_minutes);
  expect(found?.minutes ?? null).toBe(one.interval_minutes);
  expect(found?.band ?? null).toBe(one.band);
});

test('a set of a child is complete when each sign has its value or its reason', () => {
  const values: VitalSignsRow['values'] = {
    respiratory_rate_per_min: 24,
    spo2_percent: 98,
    on_oxygen: false,
    pulse_per_min: 110,
    consciousness: 'A',
    temperature_tenths_c: 371,
  };
  const row = (charted: VitalSignsRow['values']): VitalSignsRow => ({
    entry_id: 'e1',
    stay_id: 's1',
    observed_at: '2026-11-05T14:00:00Z',
    recorded_at: '2026-11-05T14:00:00Z',
    received_at: '2026-11-05T14:00:00Z',
    author_staff_id: 'a1',
    values: charted,
    score: news2(charted, 1, 7),
  });
  expect(taken(row(values)).complete).toBe(false);
  const excused = {
    ...values,
    not_done: [{ parameter: 'systolic' as const, reason: 'not_tolerated' as const }],
  };
  expect(taken(row(excused)).complete).toBe(true);
  expect(taken(row({ ...values, systolic_mmhg: 95 })).complete).toBe(true);
});
