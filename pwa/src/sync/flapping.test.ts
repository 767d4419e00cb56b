import { expect, test } from 'vitest';
import type { Action } from './contract.ts';
import { anEntry, Driven, UNIT } from './trial/tablet.ts';

const FLAPS_EVERY_MS = 3_000;
const MINUTES = 10;
const TABLETS = 8;
const TICK_MS = 100;
// Twelve thousand ticks of a ward take a second on a machine that does nothing else.
const PATIENCE_MS = 30_000;

/** Eight tablets of one ward, each with something to send. */
function aWard(): Driven[] {
  return Array.from({ length: TABLETS }, (_, seed) => new Driven(BigInt(seed + 1)));
}

/** Carries actions out on a line that is lost before anything is answered: the worst that a link can do. */
function carry(tablet: Driven, actions: Action[], asked: (what: 'post' | 'open_socket') => void): void {
  const todo = [...actions];
  for (let next = todo.shift(); next; next = todo.shift()) {
    if (next.action === 'take_flush') todo.push(...tablet.gain());
    if (next.action === 'post') todo.push(...tablet.answer(0));
    if (next.action === 'open_socket') todo.push(...tablet.hear({ event: 'socket_closed' }));
    if (next.action === 'post' || next.action === 'open_socket') asked(next.action);
  }
}

/** How often the ward asked, by the tick. */
function asking(
  flaps_every_ms: number | null,
): Record<'post' | 'open_socket', number[]> & { unsent: number } {
  const ticks = (MINUTES * 60_000) / TICK_MS;
  const asked = { post: Array<number>(ticks).fill(0), open_socket: Array<number>(ticks).fill(0) };
  const ward = aWard();
  let up = false;
  for (let tick = 0; tick < ticks; tick += 1) {
    const note = (what: 'post' | 'open_socket') => {
      asked[what][tick] = (asked[what][tick] ?? 0) + 1;
    };
    const turns = flaps_every_ms !== null && (tick * TICK_MS) % flaps_every_ms === 0;
    if (turns) up = !up;
    for (const tablet of ward) {
      if (tick === 0) {
        carry(tablet, tablet.start([anEntry(1)]), note);
        carry(tablet, tablet.hear({ event: 'live_gained', cursors: { [UNIT]: ['e1', 0] } }), note);
      }
      carry(tablet, tablet.pass(TICK_MS), note);
      if (turns) carry(tablet, tablet.hear({ event: up ? 'network_up' : 'network_down' }), note);
    }
  }
  return { ...asked, unsent: ward.filter((tablet) => tablet.state.push.waiting.length === 1).length };
}

const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);

test(
  'a link that flaps every three seconds for ten minutes makes no storm and loses nothing',
  () => {
    const { post, open_socket, unsent } = asking(FLAPS_EVERY_MS);
    expect(unsent).toBe(TABLETS);
    const ups = (MINUTES * 60_000) / (2 * FLAPS_EVERY_MS);
    for (const asked of [post, open_socket]) {
      // One try for each time that the link says it is back, and a few of the back-off's own.
      expect(sum(asked) / TABLETS).toBeLessThan(ups * 1.5);
      expect(sum(asked) / TABLETS).toBeGreaterThan(ups / 2);
      // Hardly ever the whole ward at once: without jitter it would be so each time.
      expect(asked.filter((count) => count === TABLETS).length).toBeLessThan(ups / 20);
    }
  },
  PATIENCE_MS,
);

test(
  'without any hint the tries of a ward grow rare and stay spread',
  () => {
    const { post } = asking(null);
    const late = post.slice((2 * 60_000) / TICK_MS);
    // Full jitter below a cap of 60 s is a try each half minute on average.
    expect(sum(late) / TABLETS).toBeGreaterThan(8);
    expect(sum(late) / TABLETS).toBeLessThan(32);
    expect(Math.max(...late)).toBeLessThanOrEqual(TABLETS / 2);
  },
  PATIENCE_MS,
);
