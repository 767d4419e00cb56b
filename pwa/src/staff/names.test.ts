import { expect, test } from 'vitest';
import { fitsName } from './names';

test.each([
  ['Nguyễn Thị Mai', 'nguyen'],
  ['Nguyễn Thị Mai', 'Thị'.normalize('NFD')],
  ['Đặng Thu Hà', 'dang'],
  ['김서연', '서연'],
  ['김서연'.normalize('NFD'), '김'],
  ['李伟', '伟'],
  ['Grace Okafor', ' oka '],
  ['Grace Okafor', ''],
])('%s is found by %s', (name, letters) => {
  expect(fitsName(name, letters)).toBe(true);
});

test('other letters do not find a name', () => {
  expect(fitsName('Grace Okafor', 'kimm')).toBe(false);
});
