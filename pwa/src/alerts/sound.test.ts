import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const notes: number[] = [];
const vibrate = vi.fn(() => true);

/** The loudspeaker of a tablet: it notes the frequencies that it is given. */
class Loudspeaker {
  currentTime = 0;
  destination = {};
  resume = () => Promise.resolve();
  createGain = () => ({
    gain: { setValueAtTime: () => {}, linearRampToValueAtTime: () => {} },
    connect: (next: unknown) => next,
  });
  createOscillator = () => ({
    frequency: {
      set value(hertz: number) {
        notes.push(hertz);
      },
    },
    connect: (next: unknown) => next,
    start: () => {},
    stop: () => {},
  });
}

beforeEach(() => {
  vi.resetModules();
  notes.length = 0;
  vibrate.mockClear();
  vi.stubGlobal('AudioContext', Loudspeaker);
  vi.stubGlobal('navigator', { vibrate });
});
afterEach(() => vi.unstubAllGlobals());

// The words are those of `sound` in backend/alerts/rules/timing.py.
it.each([
  ['ring', 2, 0],
  ['tone', 1, 0],
  ['vibrate', 0, 1],
  ['silent', 0, 0],
])('%s is %i notes and %i vibrations', async (name, note_count, vibrations) => {
  const { sound } = await import('./sound');
  expect(sound(name, 0, 'mai')).toBe(name !== 'silent');
  expect(notes).toHaveLength(note_count);
  expect(vibrate).toHaveBeenCalledTimes(vibrations);
});

it('catches repeats of one asking, and mutes neither a red nor a colleague', async () => {
  const { sound } = await import('./sound');
  expect([0, 19_999, 20_000].map((at_ms) => sound('tone', at_ms, 'mai'))).toEqual([true, false, true]);
  expect(sound('tone', 20_001, 'seoyeon')).toBe(true);
  expect([20_500, 25_000, 29_999].map((at_ms) => sound('ring', at_ms, 'mai'))).toEqual([false, true, false]);
});
