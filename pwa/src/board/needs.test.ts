import { expect, test } from 'vitest';
import { needsOf } from './needs';
import { alert, asked, at, NOW, POLICY } from './trial_ward';

const of = (...alerts: ReturnType<typeof alert>[]) => needsOf({ alerts, policy: POLICY, now_ms: NOW });
const ids = (alerts: { alert: { alert_id: string } }[]) => alerts.map((one) => one.alert.alert_id);

test('red, amber, plain; the oldest first; what is put off is still unanswered', () => {
  const found = of(
    alert('plain', -90),
    alert('amber', -5, { alert_class: 'amber' }),
    alert('put off', -20, { alert_class: 'amber', state: 'snoozed' }),
    alert('red', -1, { alert_class: 'red' }),
    alert('going', -99, { alert_class: 'red', state: 'accepted' }),
  );
  expect(ids(found.lines)).toEqual(['red', 'put off', 'amber', 'plain']);
});

test('five lines, the rest as a number that names the oldest', () => {
  const reds = [1, 2, 3, 4, 5].map((n) => alert(`red ${n}`, -n, { alert_class: 'red' }));
  const found = of(...reds, alert('plain', -90), alert('younger', -30));
  expect(found.lines).toHaveLength(5);
  expect(ids(found.more)).toEqual(['plain', 'younger']);
  expect(found.oldest?.alert.alert_id).toBe('plain');
  expect(found.oldest?.age_ms).toBe(90 * 60_000);
});

test('who has it: everybody whose turn runs, and the last one who was passed over', () => {
  const [one] = of(
    alert('a', -9, {
      alert_class: 'red',
      step: 'buddy',
      steps: [
        asked('moore', -9, { why_ended: 'on_break', ended_at: at(-9) }),
        asked('clarke', -9, { why_ended: 'timed_out', ended_at: at(-4) }),
        asked('grace', -4),
      ],
    }),
  ).lines;
  expect(one?.asked).toEqual(['grace']);
  expect(one?.passed).toEqual({ staff_id: 'moore', why: 'on_break' });
  expect([one?.step, one?.steps]).toEqual([2, 4]);
});

test('a plain alert climbs three steps', () => {
  const [one] = of(alert('a', -9, { step: 'duty' })).lines;
  expect([one?.step, one?.steps]).toEqual([3, 3]);
});

test('nothing unanswered since the last answer, not since its end', () => {
  const quiet = of(
    alert('early', -90, { state: 'resolved', ended_at: at(-60) }),
    alert('late', -90, {
      state: 'resolved',
      ended_at: at(-5),
      steps: [asked('mai', -90, { why_ended: 'accepted', answered_at: at(-80) })],
    }),
  );
  expect(quiet.lines).toEqual([]);
  expect(quiet.quiet_since).toBe(Date.parse(at(-60)));
  expect(of().quiet_since).toBeNull();
});
