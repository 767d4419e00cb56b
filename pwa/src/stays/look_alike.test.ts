import { expect, test } from 'vitest';
import type { PatientRow } from '../schemas';
import { lookAlike } from './look_alike';
import { searchable } from './ward';

const named = (name: string, patient_id = name): PatientRow => ({
  patient_id,
  stay_id: patient_id,
  name,
  lang: 'en',
  sex: 'female',
  born_on: '1945-02-03',
  identifier: '4471 8820',
});

test.each([
  ['Joan Whitfield', 'Joan Whitfeld', true],
  ['Joan Whitfield', 'joan whitfield', true],
  ['Nguyễn Thị Lan', 'Nguyen Thi Lan', true], // codespell:ignore thi
  ['Joan Whitfield', 'Jean Whitfeld', false],
  ['이상호', '이상훈', false],
])('%s beside %s: warned %s', (a, b, warned) => {
  expect(lookAlike(named(a, '1'), [named(a, '1'), named(b, '2')]) !== undefined).toBe(warned);
});

test('composed and decomposed letters find each other, Hangul too', () => {
  expect(searchable('박영자'.normalize('NFD'))).toBe(searchable('박영자'.normalize('NFC')));
  expect(searchable('Đặng Thu Hà')).toBe('dang thu ha');
});
