import { expect, test } from 'vitest';
import { stepFrom } from './steps';

const BAYS = [['1A', '1B', '1C'], ['2A'], ['3A', '3B']];

test.each([
  ['1A', 'ArrowRight', '1B'],
  ['1C', 'ArrowRight', '2A'],
  ['2A', 'ArrowLeft', '1C'],
  ['1C', 'ArrowDown', '2A'],
  ['3B', 'ArrowUp', '2A'],
  ['1A', 'ArrowLeft', undefined],
  ['3A', 'ArrowDown', undefined],
  ['1A', 'ArrowUp', undefined],
  ['2A', 'End', '3B'],
  ['2A', 'Home', '1A'],
  ['2A', 'Enter', undefined],
])('from %s by %s to %s', (from, key, to) => {
  expect(stepFrom(BAYS, from, key)).toBe(to);
});
