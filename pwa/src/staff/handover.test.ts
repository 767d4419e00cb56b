import { expect, test } from 'vitest';
import type { DutyRow, StayRow } from '../schemas';
import { type Place, wardList } from '../stays/ward';
import type { Pending } from '../sync/overlay';
import { rowsOfSnapshot } from '../sync/replica';
import { RowStore } from '../sync/rows';
import { declined, handover, receivers, toChargeAt } from './handover';
import { DUTY_RULES } from './optimistic';

const at = '2026-11-22T10:00:00.000Z';
const stay = (stay_id: string, owner: string | null, offered_to: string | null = null): StayRow => ({
  ...{ stay_id, patient_id: `p-${stay_id}`, unit_id: 'east', admitted_at: at, arrived_at: at },
  ...{ owner_staff_id: owner, offered_to_staff_id: offered_to },
});
const STAYS = [
  stay('1', 'mai'),
  stay('2', 'mai', 'bea'),
  stay('3', 'bea', 'mai'),
  stay('4', 'bea'),
  stay('5', null),
];

function places(staff_id: string): Place[] {
  return wardList({ beds: [], stays: STAYS, patients: [], sets: [], tasks: [], duties: [] }, staff_id, 0);
}
const ids = (found: Place[]) => found.map((place) => place.stay?.stay_id);

test('a nurse sees what is offered to her, what she has offered, and what she can offer', () => {
  const found = handover(places('mai'), 'mai', false);
  expect([ids(found.asked), ids(found.given), ids(found.mine), ids(found.others)]).toEqual([
    ['3'],
    ['2'],
    ['1'],
    [],
  ]);
});

test('who leads the ward sees every offer, and can give any patient away', () => {
  const found = handover(places('eve'), 'eve', true);
  expect([ids(found.asked), ids(found.given), ids(found.mine), ids(found.others)]).toEqual([
    [],
    ['2', '3'],
    [],
    ['1', '4', '5'],
  ]);
});

test('a patient is offered to nurses on duty here, and never to oneself', () => {
  const duty = (staff_id: string, more: Partial<DutyRow> = {}): DutyRow => ({
    ...{ duty_id: staff_id, staff_id, unit_id: 'east', post: 'nurse', bed_ids: [], started_at: at },
    ...more,
  });
  const duties = [
    duty('mai'),
    duty('bea'),
    duty('eve', { post: 'charge' }),
    duty('ann', { post: 'assistant' }),
    duty('dan', { post: 'on_call' }),
    duty('wei', { unit_id: 'west' }),
    duty('zoe', { ended_at: at }),
  ];
  expect(receivers(duties, 'mai', 'east')).toEqual(['bea', 'eve']);
});

test('an offer goes to the person in charge after the unit’s minutes', () => {
  expect(toChargeAt(at, 20)).toBe(Date.parse('2026-11-22T10:20:00.000Z'));
  expect(toChargeAt(null, 20)).toBeNull();
});

test('without a network an offer, its end and an acceptance are shown at once, and undone when held', () => {
  const store = new RowStore();
  store.overlay.learn(DUTY_RULES);
  const rows = STAYS.map((row) => ({ type: 'stay', id: row.stay_id, version: 1, row }));
  store.replace('unit:east', ['e1', 3], rowsOfSnapshot(rows));
  const said = (entry_id: string, type: Pending['saved']['type'], body: object): Pending => ({
    saved: {
      ...{ entry_id, type, staff_id: 'mai', recorded_at: at },
      body: { observed_at: at, ...body },
    } as Pending['saved'],
  });
  const owners = () =>
    ['1', '3'].map((id) => [
      store.row('stay', id)?.owner_staff_id,
      store.row('stay', id)?.offered_to_staff_id,
    ]);
  store.expect([
    said('e2', 'handover_offered', { stay_ids: ['1', '4'], to_staff_id: 'bea' }),
    said('e3', 'handover_accepted', { stay_id: '3' }),
  ]);
  expect(owners()).toEqual([
    ['mai', 'bea'],
    ['mai', null],
  ]);
  // Not hers to give: the server says whether she leads the ward.
  expect(store.row('stay', '4')?.offered_to_staff_id).toBeNull();
  store.expect([said('e4', 'handover_declined', { stay_id: '1' })]);
  expect(owners()[0]).toEqual(['mai', null]);
  store.answered([], ['e3', 'e4'], {}, 'e1');
  expect(owners()).toEqual([
    ['mai', 'bea'],
    ['bea', 'mai'],
  ]);
});

test('who could not take a patient stands in the giver’s shift until she offers her again or keeps her', () => {
  const store = new RowStore();
  store.overlay.learn(DUTY_RULES);
  const rows = [stay('1', 'mai', 'bea')].map((row) => ({ type: 'stay', id: row.stay_id, version: 1, row }));
  store.replace('unit:east', ['e1', 1], rowsOfSnapshot(rows));
  const says = (entry_id: string, staff_id: string, type: Pending['saved']['type'], body: object) =>
    store.expect([
      {
        saved: {
          entry_id,
          type,
          staff_id,
          recorded_at: at,
          body: { observed_at: at, ...body },
        } as Pending['saved'],
      },
    ]);
  const shown = (staff_id: string) =>
    ids(
      declined(
        wardList(
          { beds: [], stays: store.rows('stay'), patients: [], sets: [], tasks: [], duties: [] },
          staff_id,
          0,
        ),
      ),
    );
  expect(shown('mai')).toEqual([]);
  says('e1', 'bea', 'handover_declined', { stay_id: '1' });
  expect([shown('mai'), shown('bea')]).toEqual([['1'], []]);
  says('e2', 'mai', 'handover_offered', { stay_ids: ['1'], to_staff_id: 'eve' });
  expect(shown('mai')).toEqual([]);
  says('e3', 'eve', 'handover_declined', { stay_id: '1' });
  says('e4', 'mai', 'handover_declined', { stay_id: '1' });
  expect(shown('mai')).toEqual([]);
});
