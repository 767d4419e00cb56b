/** The table a safety officer gets from the tablet's rules is the golden one, which the server prints too. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scoreTable } from './score_table.ts';
import { parsed, UnreadableTable, written } from './table_text.ts';

const golden = (name: string) =>
  readFileSync(new URL(`../../../shared_schemas/reference/golden/${name}`, import.meta.url), 'utf8');
const INPUT = 'respiratory_rate,spo2,spo2_scale,on_oxygen,systolic_bp,pulse,acvpu,temperature_c';

test('the golden table is scored as written down', () => {
  expect(scoreTable(golden('score_table.csv'))).toBe(golden('score_table.scored.csv'));
});

test('a table written is read back as it was', () => {
  const rows = [
    ['a,b', 'say "no"'],
    ['', 'two\nlines'],
  ];
  expect(parsed(written(rows))).toEqual(rows);
});

test.each([
  ['', 'the column respiratory_rate once'],
  [`${INPUT},pulse\n`, 'the column pulse once'],
  [`${INPUT}\n1,2,3,4,5,6,7,8,9\n`, 'row 2 has 9 cells'],
  [`${INPUT}\n"16`, 'a quote is not closed'],
])('a table that can not be read is refused: %j', (text, why) => {
  expect(() => scoreTable(text)).toThrow(UnreadableTable);
  expect(() => scoreTable(text)).toThrow(why);
});
