import { describe, expect, test } from 'vitest';
import { anEntry, type Driven, find, verdicts, waitingTablet } from './trial/tablet.ts';

/** One more entry goes; its answer says what the server misses. What of it is looked for in storage. */
function asked(tablet: Driven, n: number, missing: unknown) {
  tablet.hear({ event: 'saved', waiting: anEntry(n) });
  tablet.gain();
  const actions = tablet.answer(200, { ...(verdicts([`e${n}`]) as object), missing });
  tablet.hear({ event: 'settled' });
  return find(actions, 'resend_missing')?.spans;
}

describe('numbers that the server misses', () => {
  test('are looked for at once, and those looked for only after a while again', () => {
    const tablet = waitingTablet([]);
    expect(asked(tablet, 9, [[3, 5]])).toEqual([[3, 5]]);
    expect(asked(tablet, 10, [[3, 5]])).toBeUndefined();
    const more = [
      [3, 5],
      [7, 7],
    ];
    expect(asked(tablet, 11, more)).toEqual([[7, 7]]);
    tablet.pass(10 * 60_000);
    expect(asked(tablet, 12, more)).toEqual(more);
  });

  test.each([[undefined], [null], ['3-5'], [[]], [[[5, 3]]], [[[0, 1]]], [[[1.5, 2]]], [[[1]]], [[7]]])(
    'that are said as %j are none',
    (missing) => {
      expect(asked(waitingTablet([]), 9, missing)).toBeUndefined();
    },
  );
});
