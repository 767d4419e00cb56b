/** The tablet derives the states of beds that the golden cases say; the server runs the same cases. */
import { describe, expect, test } from 'vitest';
import golden from '$shared/reference/golden/bed_state.json';
import type { RowReader } from '../sync/rows.ts';
import { bedState, type Standing, standings } from './bed_state.ts';

describe('the state of a bed', () => {
  test.each(golden.cases)('$name', ({ now, state, since_at, ...bed }) => {
    expect(bedState(bed as Standing, Date.parse(now))).toEqual({ state, since_at });
  });
});

describe('how a bed stands by the rows', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 10, minute)).toISOString();
  const now = Date.parse(at(30));

  function stateOf(rows: Record<string, Record<string, object>>) {
    const reader = {
      rows: (type: string) => Object.values({ bed: { bed: { bed_id: 'bed' } }, ...rows }[type] ?? {}),
      row: (type: string, id: string) => rows[type]?.[id],
    } as unknown as RowReader;
    const bed = standings(reader, now).get('bed');
    return bed && bedState(bed, now);
  }
  const stay = { stay_id: 'stay', bed_id: 'bed', arrived_at: at(0) };

  test('a stay lies in it since it took the bed', () => {
    const since_at = at(5);
    expect(stateOf({ stay: { stay: { ...stay, bed_since_at: since_at } } })).toEqual({
      state: 'occupied',
      since_at,
    });
  });

  test('a stay that has left lies nowhere, and its bed is dirty even when its rows are gone', () => {
    const bed_use = { bed: { bed_id: 'bed', freed_at: at(10) } };
    const dirty = { state: 'dirty', since_at: at(10) };
    expect(stateOf({ stay: { stay: { ...stay, departed_at: at(10) } }, bed_use })).toEqual(dirty);
    expect(stateOf({ bed_use })).toEqual(dirty);
  });

  test('only a pause for leave keeps the bed for somebody on leave', () => {
    const paused = (pause_reason: string) =>
      stateOf({
        stay: { stay },
        observation_duty: { stay: { stay_id: 'stay', pause_reason, paused_at: at(20) } },
      });
    expect(paused('leave')).toEqual({ state: 'on_leave', since_at: at(20) });
    expect(paused('theatre')).toEqual({ state: 'occupied', since_at: at(0) });
  });

  test('a reservation that is over does not hide one that holds', () => {
    const reservation = (reserved: number, until: number) => ({
      bed_id: 'bed',
      reserved_at: at(reserved),
      until_at: at(until),
    });
    const bed_reservation = { new: reservation(21, 50), old: reservation(1, 20) };
    expect(stateOf({ bed_reservation })).toEqual({ state: 'reserved', since_at: at(21) });
  });
});
