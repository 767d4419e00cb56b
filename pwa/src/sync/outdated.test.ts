import { expect, test, vi } from 'vitest';
import { isOutdated, learnIfOutdated } from './outdated.ts';

// Where there is no service worker, no new version can be fetched.
vi.stubGlobal('navigator', {});

const [SERVED, NOBODY, BUSY, TOO_OLD, CLOSED_AS_TOO_OLD, CLOSED] = [200, 0, 503, 426, 4426, 1006];

test('an app is outdated from the first word of it until it is served again', () => {
  for (const word of [TOO_OLD, CLOSED_AS_TOO_OLD]) {
    learnIfOutdated(word);
    for (const other of [BUSY, CLOSED]) learnIfOutdated(other);
    expect(isOutdated()).toBe(true);
    learnIfOutdated(SERVED);
    expect(isOutdated()).toBe(false);
  }
});

test('where nobody answers the line is spoken of, not the app', () => {
  learnIfOutdated(TOO_OLD);
  learnIfOutdated(NOBODY);
  expect(isOutdated()).toBe(false);
});
