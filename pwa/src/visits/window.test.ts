import { describe, expect, test } from 'vitest';
import {
  type Calendar,
  dayAfter,
  endsNextDay,
  instantOn,
  isTooLong,
  soon,
  typedOf,
  windowOf,
} from './window';

function calendar(timeZone: string): Calendar {
  const clock = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  });
  const date = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone });
  return { clock: (ms) => clock.format(new Date(ms)), date: (ms) => date.format(new Date(ms)) };
}
const LONDON = calendar('Europe/London');

describe('a day and a time are read by the clock of the unit', () => {
  test.each([
    ['Europe/London', '2026-11-22', '14:30', '2026-11-22T14:30:00.000Z'],
    ['Europe/London', '2026-07-01', '14:30', '2026-07-01T13:30:00.000Z'],
    ['Asia/Seoul', '2026-11-22', '08:05', '2026-11-21T23:05:00.000Z'],
    ['Asia/Kathmandu', '2026-11-22', '00:15', '2026-11-21T18:30:00.000Z'],
    ['America/St_Johns', '2026-11-22', '23:59', '2026-11-23T03:29:00.000Z'],
    // The night on which the clocks go back, before and after.
    ['Europe/London', '2026-10-25', '00:30', '2026-10-24T23:30:00.000Z'],
    ['Europe/London', '2026-10-25', '08:00', '2026-10-25T08:00:00.000Z'],
    ['Europe/London', '2026-03-29', '08:00', '2026-03-29T07:00:00.000Z'],
  ])('%s %s %s', (zone, day, time, instant) => {
    expect(instantOn(day, time, calendar(zone))).toBe(instant);
  });

  test.each([
    ['2026-11-22', '24:00'],
    ['2026-11-22', '9'],
    ['', '09:00'],
    ['2026-13-40', '09:00'],
  ])('%s %s is none', (day, time) => {
    expect(instantOn(day, time, LONDON)).toBe(null);
  });
});

test('a window has two ends, and one that passes midnight ends on the next day', () => {
  expect(windowOf({ day: '2026-11-22', from: '9:00', to: '10:30' }, LONDON)).toEqual({
    ...{ window_from_at: '2026-11-22T09:00:00.000Z', window_to_at: '2026-11-22T10:30:00.000Z' },
  });
  expect(windowOf({ day: '2026-11-30', from: '23:00', to: '00:30' }, LONDON)).toEqual({
    ...{ window_from_at: '2026-11-30T23:00:00.000Z', window_to_at: '2026-12-01T00:30:00.000Z' },
  });
  expect(windowOf({ day: '2026-11-22', from: '09:00', to: '' }, LONDON)).toBe(null);
});

describe('a slip of the finger is no window of a day', () => {
  test.each([
    // from, to, taken, ends on the next day, too long
    ['09:00', '09:00', false, false, false],
    ['09:00', '9:00', false, false, false],
    ['09:00', '09:01', true, false, false],
    ['09:00', '08:59', false, true, true],
    ['09:00', '21:00', true, false, false],
    ['09:00', '21:01', false, false, true],
    ['22:00', '00:00', true, true, false],
    ['22:00', '10:00', true, true, false],
    ['22:00', '10:01', false, true, true],
  ])('%s to %s', (from, to, taken, next_day, too_long) => {
    const typed = { day: '2026-11-22', from, to };
    expect(windowOf(typed, LONDON) !== null).toBe(taken);
    expect(endsNextDay(typed, LONDON)).toBe(next_day);
    expect(isTooLong(typed, LONDON)).toBe(too_long);
  });
});

test('an empty form begins with an hour from the next half hour on', () => {
  const now = Date.parse('2026-11-22T14:30:00Z');
  expect(soon(now, LONDON)).toEqual({ day: '2026-11-22', from: '15:00', to: '16:00' });
  expect(soon(now - 1, LONDON)).toEqual({ day: '2026-11-22', from: '14:30', to: '15:30' });
  expect(typedOf(now, now + 60_000, LONDON)).toEqual({ day: '2026-11-22', from: '14:30', to: '14:31' });
  expect(dayAfter('2026-12-31')).toBe('2027-01-01');
});
