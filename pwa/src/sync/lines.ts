/** The core by lines of JSON: a seed first, then one event a line; each is answered by one line. */
import type { Action, Event, Now, State } from './contract.ts';
import { fresh, step } from './core.ts';
import { type Summary, summary } from './summary.ts';

/** `{"seed": "0x…"}` begins (or begins again: a crash); `{"event": …, "now": …}` steps. */
export type Line = { seed: string } | { event: Event; now: Now };
export type Answer = { actions: Action[]; summary: Summary } | { ready: true };

/** Makes a tablet without a device around it; the returned function takes a line and gives the answer. */
export function byLines(): (line: string) => string {
  let state: State = fresh(0n);
  return (line) => {
    const heard = JSON.parse(line) as Line;
    let answer: Answer;
    if ('seed' in heard) {
      state = fresh(BigInt(heard.seed));
      answer = { ready: true };
    } else {
      const [next, actions] = step(state, heard.event, heard.now);
      state = next;
      answer = { actions, summary: summary(state, heard.now) };
    }
    return JSON.stringify(answer);
  };
}
