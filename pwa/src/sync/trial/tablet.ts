/** A core with a hand to drive it: fresh state, steps that remember actions, and a clock. For tests only. */
import type { Action, Event, Held, Now, Reply, State, Waiting } from '../contract.ts';
import { fresh, step } from '../core.ts';

export const DEVICE = { device_id: 'd1', unit_id: 'u1', name: 'Tablet 1' };
export const UNIT = 'unit:u1';

export class Driven {
  state: State;
  now: Now = { wall_ms: Date.UTC(2026, 10, 22), mono_ms: 0 };

  constructor(seed = 1n) {
    this.state = frozen(fresh(seed));
  }

  /** Takes an event in; the actions it led to. */
  hear(event: Event): Action[] {
    const [next, actions] = step(this.state, event, this.now);
    this.state = frozen(next);
    return actions;
  }

  /** Lets time pass, and tells the core. */
  pass(ms: number): Action[] {
    this.now = { wall_ms: this.now.wall_ms + ms, mono_ms: this.now.mono_ms + ms };
    return this.hear({ event: 'timer' });
  }

  start(waiting: Waiting[] = [], held: Held[] = []): Action[] {
    return this.hear({
      event: 'started',
      device: DEVICE,
      sessions: [],
      waiting,
      held,
      last_sent_at: null,
      offset_ms: null,
    });
  }

  /** The flush lock is given; storage has what the core has. */
  gain(): Action[] {
    return this.hear({ event: 'flush_gained', waiting: this.state.push.waiting });
  }

  /** An answer to the batch in flight. */
  answer(status: number, body?: unknown, more: Partial<Reply> = {}): Action[] {
    return this.hear({ event: 'push_reply', status, body, sent_at: this.now, ...more });
  }

  /** An answer to a fetch of the unit's feed. */
  got(status: number, body?: unknown, feed = UNIT): Action[] {
    return this.hear({ event: 'get_reply', feed, status, body, sent_at: this.now });
  }

  /** Holds `live` with the unit feed at `seq`, the socket open and greeted. */
  live(seq: number): Action[] {
    this.hear({ event: 'live_gained', cursors: { [UNIT]: ['e1', seq], reference: ['e1', 0] } });
    return this.hear({ event: 'socket_opened' });
  }
}

/** A waiting entry with the fields that a test cares about. */
export function anEntry(n: number, more: Partial<Waiting> = {}): Waiting {
  return { entry_id: `e${n}`, n, stay_id: `s${n}`, depends_on: [], bytes: 300, ...more };
}

/** A started tablet with entries in its outbox. */
export function waitingTablet(entries: Waiting[]): Driven {
  const tablet = new Driven();
  tablet.start(entries);
  return tablet;
}

/** That many waiting entries, alike. */
export function many(count: number, more: Partial<Waiting> = {}): Waiting[] {
  return Array.from({ length: count }, (_, i) => anEntry(i + 1, more));
}

export function ids(entries: readonly { entry_id: string }[]): string[] {
  return entries.map((entry) => entry.entry_id);
}

/** The first action of a kind. */
export function find<K extends Action['action']>(
  actions: Action[],
  kind: K,
): Extract<Action, { action: K }> | undefined {
  return actions.find((action): action is Extract<Action, { action: K }> => action.action === kind);
}

/** A good answer: one verdict for each id, `accepted` if not said otherwise. */
export function verdicts(ids: readonly string[], other: Record<string, object> = {}): unknown {
  return {
    verdicts: ids.map((entry_id) => ({ entry_id, verdict: 'accepted', ...other[entry_id] })),
    heads: {},
    epoch: 'e1',
    server_at: '2026-11-22T00:00:00.000Z',
  };
}

/** The same, and all that it holds, so that a step which changes the state it was given throws. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
