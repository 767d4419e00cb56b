import { describe, expect, test } from 'vitest';
import { lastTime, nextTime } from './time_of_day';

const clockOf = (timeZone: string) => (ms: number) =>
  new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    ms,
  );
const seoul = clockOf('Asia/Seoul');
const london = clockOf('Europe/London');
const EVENING = Date.parse('2026-03-01T13:30:20Z'); // 22:30 in Seoul

describe('in the unit’s own zone', () => {
  test('a time already past today is tomorrow’s', () => {
    expect(nextTime('04:00', EVENING, seoul)).toBe('2026-03-01T19:00:00.000Z');
    expect(nextTime('23:15', EVENING, seoul)).toBe('2026-03-01T14:15:00.000Z');
    expect(nextTime('22:30', EVENING, seoul)).toBe('2026-03-01T13:30:00.000Z');
  });

  test('an observation at 23:50 typed after midnight is yesterday’s', () => {
    expect(lastTime('23:50', Date.parse('2026-03-01T15:10:00Z'), seoul)).toBe('2026-03-01T14:50:00.000Z');
    expect(lastTime('22:31', EVENING, seoul)).toBe('2026-02-28T13:31:00.000Z');
  });

  test('a night in which clocks change keeps the time of day', () => {
    expect(nextTime('04:00', Date.parse('2026-03-28T23:00:00Z'), london)).toBe('2026-03-29T03:00:00.000Z');
    expect(nextTime('04:00', Date.parse('2026-10-24T22:00:00Z'), london)).toBe('2026-10-25T04:00:00.000Z');
    expect(lastTime('23:00', Date.parse('2026-10-25T05:00:00Z'), london)).toBe('2026-10-24T22:00:00.000Z');
  });
});

test.each(['', '24:00', '9', '12:60', 'soon'])('%j is no time', (text) => {
  expect(nextTime(text, EVENING, seoul)).toBeNull();
  expect(lastTime(text, EVENING, seoul)).toBeNull();
});
