/** The WebSocket of the tab that holds `live`. */
import { PROTOCOL } from '../schemas.ts';
import type { Event } from './contract.ts';
import { learnIfOutdated } from './outdated.ts';
import { tell } from './store.svelte.ts';

export class LiveSocket {
  readonly #hear: (event: Event) => void;
  #socket: WebSocket | null = null;

  constructor(hear: (event: Event) => void) {
    this.#hear = hear;
  }

  open(): void {
    this.close();
    const origin = location.origin.replace(/^http/, 'ws');
    const socket = new WebSocket(`${origin}/api/sync/live?protocol=${PROTOCOL}`);
    this.#socket = socket;
    const mine = (event: Event) => {
      if (this.#socket === socket) this.#hear(event);
    };
    socket.addEventListener('open', () => mine({ event: 'socket_opened' }));
    socket.addEventListener('close', ({ code }) => {
      learnIfOutdated(code);
      mine({ event: 'socket_closed' });
    });
    socket.addEventListener('message', ({ data }) => {
      const frame = parsed(data);
      if (frame === undefined) return;
      tell({ heard_at: Date.now() });
      mine({ event: 'frame', frame });
    });
  }

  /** A frame for a socket that is no longer open is dropped: the next hello says it all. */
  send(frame: unknown): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
