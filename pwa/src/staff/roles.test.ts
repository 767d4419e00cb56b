import { expect, test } from 'vitest';
import type { Role, StaffRow } from '../schemas';
import { may, posts } from './roles';

const person = (...grants: [string, Role][]): StaffRow => ({
  ...{ staff_id: 'mai', name: 'Mai', lang: 'vi', ui_lang: 'vi' },
  grants: grants.map(([unit_id, role]) => ({ unit_id, role })),
});

test.each<[Role, boolean, boolean, boolean]>([
  ['ward_nurse', true, true, false],
  ['charge_nurse', true, true, true],
  ['healthcare_assistant', true, false, false],
  ['duty_clinician', false, false, false],
  ['coordinator', false, false, true],
  ['administrator', false, false, false],
])('a %s charts: %s, plans: %s, gives any patient away: %s', (role, charts, plans, gives) => {
  const staff = person(['east', role]);
  expect([may('chart', staff, 'east'), may('plan', staff, 'east'), may('give', staff, 'east')]).toEqual([
    charts,
    plans,
    gives,
  ]);
});

test('a post is offered to who can hold it', () => {
  expect(posts(person(['east', 'ward_nurse']), 'east')).toEqual(['nurse', 'assistant']);
  expect(posts(person(['east', 'charge_nurse']), 'east')).toEqual([
    'nurse',
    'assistant',
    'charge',
    'on_call',
  ]);
  expect(posts(person(['east', 'duty_clinician']), 'east')).toEqual(['on_call']);
  expect(posts(person(['east', 'charge_nurse']), 'west')).toEqual([]);
});

test('a role counts in its own unit only, and nobody may nothing', () => {
  const staff = person(['west', 'ward_nurse'], ['east', 'healthcare_assistant']);
  expect([may('plan', staff, 'east'), may('plan', staff, 'west'), may('plan', undefined, 'west')]).toEqual([
    false,
    true,
    false,
  ]);
});
