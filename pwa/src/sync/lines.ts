/** Cores by lines of JSON, one for each tablet that is named: a seed first, then one event a line; each is answered by one line. */
import type { Action, Event, Now, State } from './contract.ts';
import { fresh, step } from './core.ts';
import { type Summary, summary } from './summary.ts';

/** `{"seed": "0x…"}` begins (or begins again: a crash), `{"event": …, "now": …}` steps, `{"now": …}` asks how the tablet stands. */
export type Line = { tablet: string } & ({ seed: string } | { event: Event; now: Now } | { now: Now });
export type Answer = { actions: Action[]; summary: Summary } | { summary: Summary } | { ready: true };

/** Makes cores without devices around them; the returned function takes a line and gives the answer. */
export function byLines(): (line: string) => string {
  const tablets = new Map<string, State>();
  const answer = (heard: Line): Answer => {
    if ('seed' in heard) {
      tablets.set(heard.tablet, fresh(BigInt(heard.seed)));
      return { ready: true };
    }
    const state = tablets.get(heard.tablet);
    if (!state) throw new Error(`The tablet ${heard.tablet} has no seed yet.`);
    if (!('event' in heard)) return { summary: summary(state, heard.now) };
    const [next, actions] = step(state, heard.event, heard.now);
    tablets.set(heard.tablet, next);
    return { actions, summary: summary(next, heard.now) };
  };
  return (line) => JSON.stringify(answer(JSON.parse(line) as Line));
}
