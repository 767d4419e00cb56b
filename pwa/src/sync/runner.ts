/** Runs the core: events in, actions out to whoever carries them out. The same for a tab, a worker and Node. */
import type { Action, Event, Now, State } from './contract.ts';
import { fresh, step } from './core.ts';

/** One hand for each action; an action without one is not for this runner. */
export type Hands = { [K in Action['action']]?: (action: Extract<Action, { action: K }>) => void };

export class Runner {
  state: State;
  readonly #hands: Hands;
  readonly #now: () => Now;
  readonly #told: (state: State) => void;
  readonly #queue: Event[] = [];
  #running = false;

  constructor(seed: bigint, hands: Hands, now: () => Now, told: (state: State) => void = () => {}) {
    this.state = fresh(seed);
    this.#hands = hands;
    this.#now = now;
    this.#told = told;
  }

  /** Takes an event in. One that is heard while another is carried out waits its turn. */
  hear(event: Event): void {
    this.#queue.push(event);
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
        const [state, actions] = step(this.state, next, this.#now());
        this.state = state;
        for (const action of actions)
          (this.#hands[action.action] as ((one: Action) => void) | undefined)?.(action);
      }
    } finally {
      this.#running = false;
    }
    this.#told(this.state);
  }
}
