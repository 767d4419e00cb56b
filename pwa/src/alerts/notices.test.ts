import { expect, it } from 'vitest';
import type { AlertRow } from '../schemas';
import { answeredTags } from './notices';

const alert = (alert_id: string, alert_class: AlertRow['alert_class'], state: AlertRow['state'] = 'open') =>
  ({
    alert_id,
    alert_class,
    state,
    began_at: '2026-03-02T08:00:00.000Z',
    steps: [{ step_id: 's', staff_id: 'anna', began_at: '2026-03-02T08:00:00.000Z' }],
  }) as unknown as AlertRow;
const red = { alert_id: 'r', staff_id: 'anna', tag: 'r' };
const shared = { alert_id: 'p', staff_id: 'anna', tag: 'shared' };

it('a red notice closes when the red no longer asks her', () => {
  expect(answeredTags([red], [alert('r', 'red')])).toEqual([]);
  expect(answeredTags([red], [alert('r', 'red', 'accepted')])).toEqual(['r']);
});

it('the shared notice stays while anything but a red asks her', () => {
  const answered = alert('p', 'plain', 'resolved');
  expect(answeredTags([shared], [answered, alert('q', 'amber')])).toEqual([]);
  expect(answeredTags([shared], [answered, alert('r', 'red')])).toEqual(['shared']);
});

it('a notice about an alert that has not come yet stays', () => {
  expect(answeredTags([red, shared, { ...red, alert_id: null, tag: 'test' }], [])).toEqual([]);
});
