import { describe, expect, test } from 'vitest';
import { rowsOfSnapshot } from './replica.ts';
import { UNIT } from './trial/tablet.ts';
import { TrialWard } from './trial/ward.ts';

const SEEDS = Array.from({ length: 150 }, (_, seed) => seed + 1);

function lived(seed: number): TrialWard {
  const ward = new TrialWard(seed);
  ward.live(400);
  return ward;
}

describe('a tablet that loses answers, sockets and power by a seeded schedule, once all is well again', () => {
  const wards = new Map(SEEDS.map((seed) => [seed, lived(seed)]));

  test('S1 S2: has every saved entry applied exactly once or in the tray', () => {
    for (const [seed, ward] of wards) {
      const applied = ward.server.applied.map((entry) => entry.entry_id);
      expect(new Set(applied).size, `seed ${seed}`).toBe(applied.length);
      const held = ward.disk.held.map((entry) => entry.entry_id);
      expect([...applied, ...held].sort(), `seed ${seed}`).toEqual([...ward.saved].sort());
    }
  });

  test('L1: has an empty outbox', () => {
    for (const [seed, ward] of wards) {
      expect(ward.disk.waiting, `seed ${seed}`).toEqual([]);
      expect(ward.state.push.waiting, `seed ${seed}`).toEqual([]);
    }
  });

  test('S3 S5: has the rows and the cursor of the server on its disk', () => {
    for (const [seed, ward] of wards) {
      const kept = ward.disk.feeds.get(UNIT);
      expect(kept?.seq, `seed ${seed}`).toBe(ward.server.head);
      expect(kept?.rows, `seed ${seed}`).toEqual(rowsOfSnapshot([...ward.server.rows.values()]));
    }
  });

  test('S6: kept the order of each stay', () => {
    for (const [seed, ward] of wards)
      for (const stay of ['s1', 's2', 's3', 's4']) {
        const order = ward.server.applied.filter((entry) => entry.stay_id === stay).map((entry) => entry.n);
        expect(order, `seed ${seed}`).toEqual([...order].sort((a, b) => a - b));
      }
  });

  test('and the schedules were not idle', () => {
    const all = [...wards.values()];
    const sum = (of: (ward: TrialWard) => number) => all.reduce((total, ward) => total + of(ward), 0);
    expect(sum((ward) => ward.crashes)).toBeGreaterThan(100);
    expect(sum((ward) => ward.server.applied.length)).toBeGreaterThan(1_000);
    expect(sum((ward) => ward.disk.held.length)).toBeGreaterThan(100);
  });
});
