/** One tablet and the trial server, with everything between them that can go wrong, by a seeded schedule. For tests only. */
import type { Action, Event, Held, Reply, SnapshotRow, Waiting } from '../contract.ts';
import { draw } from '../generator.ts';
import { applyChanges, type Rows, rowsOfSnapshot } from '../replica.ts';
import { type Posted, TrialServer } from './server.ts';
import { Driven, UNIT } from './tablet.ts';

const STAYS = ['s1', 's2', 's3', 's4'];
const WISHES = ['keep', 'keep', 'keep', 'keep', 'keep', 'keep', 'later', 'hold', 'poison'];

type Due = { run: () => void };

/** What survives a crash: each write below is one transaction. */
class Disk {
  n = 0;
  outbox: Posted[] = [];
  waiting: Waiting[] = [];
  held: Held[] = [];
  sent: string[] = [];
  feeds = new Map<string, { epoch: string; seq: number; rows: Rows }>();
}

export class TrialWard {
  readonly server = new TrialServer(UNIT);
  readonly disk = new Disk();
  readonly saved: string[] = [];
  crashes = 0;
  #tablet = new Driven();
  #seed: bigint;
  #due: Due[] = [];
  #socket = 0;
  #told = 0;
  #calm = false;
  /** The power is gone: nothing more is written until the next start. */
  #dying = false;

  constructor(seed: number) {
    this.#seed = BigInt(seed) * 7919n + 1n;
    this.server.commit('bed', 'b1', {});
    for (const stay of STAYS) this.server.commit('stay', stay, { stay_id: stay });
    this.#start();
  }

  get state() {
    return this.#tablet.state;
  }

  /** Some things happen, one of them chosen by chance at a time; then all is well for as long as it takes. */
  live(turns: number): void {
    for (let turn = 0; turn < turns; turn++) this.#turn();
    this.#calm = true;
    // Well within bounds: 200 turns of a second are more than any back-off.
    for (let turn = 0; turn < 400; turn++) {
      this.#drain();
      this.#tell();
      this.#pass(1_000);
    }
    this.#drain();
  }

  #turn(): void {
    const what = this.#chance(12);
    if (what < 3) this.#save();
    else if (what === 3) this.#otherTablet();
    else if (what < 6) this.#pass(this.#chance(4_000));
    else if (what === 6) this.#tell();
    else if (what === 7) this.#hear({ event: this.#chance(2) ? 'network_up' : 'visible' });
    else if (what === 8 && this.#chance(6) === 0) this.#crash();
    else this.#runOne();
  }

  #start(): void {
    const { disk } = this;
    this.#tablet = new Driven(this.#next());
    this.#due = [];
    this.#dying = false;
    this.#socket++;
    this.#act(this.#tablet.start([...disk.waiting], [...disk.held]));
    const cursors = Object.fromEntries([...disk.feeds].map(([name, kept]) => [name, [kept.epoch, kept.seq]]));
    this.#hear({ event: 'live_gained', cursors: cursors as Record<string, [string, number]> });
  }

  #crash(): void {
    this.crashes++;
    this.#start();
  }

  #save(): void {
    const { disk } = this;
    const n = ++disk.n;
    const wish = WISHES[this.#chance(WISHES.length)] as string;
    const stay_id = this.#chance(5) ? (STAYS[this.#chance(STAYS.length)] as string) : null;
    const depends_on = n > 1 && this.#chance(8) === 0 ? [`e${n - 1}`] : [];
    const entry = { entry_id: `e${n}`, n, stay_id, depends_on, bytes: 40_000 };
    disk.outbox.push({ entry_id: entry.entry_id, n, stay_id, wish });
    disk.waiting.push(entry);
    this.saved.push(entry.entry_id);
    this.#hear({ event: 'saved', waiting: entry });
  }

  #otherTablet(): void {
    const { server } = this;
    const stay = STAYS[this.#chance(STAYS.length)] as string;
    if (this.#chance(3) === 0) {
      const gone = [...server.rows.values()].filter(
        (row) => (row.row as { stay_id?: string }).stay_id === stay,
      );
      if (gone.length > 0) server.commit('exit', stay, null);
    } else if (this.#chance(4) === 0) server.commit('task', `t${this.#chance(5)}`, null);
    else server.commit('task', `t${this.#chance(5)}`, { stay_id: stay, at: server.head });
  }

  #hear(event: Event): void {
    this.#act(this.#tablet.hear(event));
  }

  #pass(ms: number): void {
    this.#act(this.#tablet.pass(ms));
  }

  #act(actions: Action[]): void {
    for (const action of actions) this.#carryOut(action);
    if (this.#dying) this.#crash();
  }

  #carryOut(action: Action): void {
    const { disk, server } = this;
    switch (action.action) {
      case 'take_flush':
        this.#later(() => this.#hear({ event: 'flush_gained', waiting: [...disk.waiting] }));
        break;
      case 'post':
        this.#later(() => this.#post(action.entry_ids));
        break;
      case 'settle':
        this.#later(() => {
          const gone = new Set([...action.sent, ...action.held].map((one) => one.entry_id));
          disk.waiting = disk.waiting.filter((one) => !gone.has(one.entry_id));
          disk.held.push(...action.held);
          disk.sent.push(...action.sent.map((one) => one.entry_id));
          // The crash may come after the transaction and before anybody hears of it.
          if (!this.#calm && this.#chance(10) === 0) this.#crash();
          else this.#hear({ event: 'settled' });
        });
        break;
      case 'get_snapshot':
        this.#later(() => this.#answer(action.feed, () => this.#snapshot(action.feed, action.chunk)));
        break;
      case 'get_changes':
        this.#later(() => this.#answer(action.feed, () => server.page(action.after, 4, this.#at())));
        break;
      case 'open_socket':
        this.#later(() => this.#open());
        break;
      case 'close_socket':
        this.#socket++;
        break;
      case 'append':
      case 'replace':
        this.#write(action);
        break;
    }
  }

  /** Rows and cursor are one transaction; the schedule may end the tablet right before it. */
  #write(action: Extract<Action, { action: 'append' | 'replace' }>): void {
    if (!this.#calm && this.#chance(12) === 0) this.#dying = true;
    if (this.#dying) return;
    const rows =
      action.action === 'replace'
        ? rowsOfSnapshot(action.rows)
        : (this.disk.feeds.get(action.feed)?.rows ?? new Map<string, SnapshotRow>());
    if (action.action === 'append') applyChanges(rows, action.changes);
    this.disk.feeds.set(action.feed, { epoch: action.epoch, seq: action.seq, rows });
  }

  #post(ids: readonly string[]): void {
    const wanted = new Set(ids);
    const entries = this.disk.outbox.filter((entry) => wanted.has(entry.entry_id));
    const fate = this.#calm ? 9 : this.#chance(10);
    // Lost before the server, refused by somebody in between, or answered by a captive portal.
    const unheard = [this.#reply(0), this.#reply(401, { title: 'Who are you?' }), this.#reply(200)][fate];
    const { status, body } = unheard ?? this.server.push(entries, this.#at());
    if (fate === 3) this.server.push(entries, this.#at());
    if (fate === 5) this.#crash();
    else {
      // Lost after the server has committed.
      const heard = fate === 4 ? this.#reply(0) : this.#reply(status, body);
      this.#hear({ event: 'push_reply', ...heard });
    }
  }

  #answer(feed: string, read: () => unknown): void {
    const lost = !this.#calm && this.#chance(5) === 0;
    // The answer is of the moment when it was read; it may arrive long after.
    const body = lost ? undefined : feed === UNIT ? read() : this.#nothing(feed);
    this.#later(() => this.#hear({ event: 'get_reply', feed, ...this.#reply(lost ? 0 : 200, body) }));
  }

  #snapshot(feed: string, chunk: number): unknown {
    return feed === UNIT ? this.server.snapshot(chunk, this.#at()) : this.#nothing(feed);
  }

  #nothing(feed: string): unknown {
    return { feed, epoch: 'e1', head: 0, chunk: 0, last: true, rows: [], changes: [], more: false };
  }

  #open(): void {
    this.#socket++;
    const refused = !this.#calm && this.#chance(3) === 0;
    this.#hear({ event: refused ? 'socket_closed' : 'socket_opened' });
    this.#told = this.state.feeds[UNIT]?.seq ?? 0;
  }

  /** The server sends what is new; the schedule drops, repeats, delays and cuts. */
  #tell(): void {
    const socket = this.#socket;
    if (this.state.live.socket !== 'open') return;
    const { server } = this;
    if (this.#calm) this.#told = this.state.feeds[UNIT]?.seq ?? 0;
    const frame =
      this.#told < server.head
        ? server.delta(this.#told + 1)
        : { frame: 'upto', feed: UNIT, epoch: server.epoch, head: server.head, sum: '' };
    this.#told = server.head;
    const times = this.#calm ? 1 : this.#chance(3);
    for (let time = 0; time < times; time++)
      this.#later(() => {
        if (socket === this.#socket) this.#hear({ event: 'frame', frame });
      });
    if (!this.#calm && this.#chance(10) === 0)
      this.#later(() => {
        if (socket === this.#socket) this.#hear({ event: 'socket_closed' });
      });
  }

  #later(run: () => void): void {
    this.#due.push({ run });
  }

  /** Whatever is due may happen in any order. */
  #runOne(): void {
    if (this.#due.length === 0) return;
    const [due] = this.#due.splice(this.#chance(this.#due.length), 1);
    due?.run();
  }

  #drain(): void {
    for (let guard = 0; this.#due.length > 0; guard++) {
      if (guard > 10_000) throw new Error('The tablet never comes to rest.');
      this.#due.shift()?.run();
    }
  }

  #reply(status: number, body?: unknown): Reply {
    return { status, body, sent_at: this.#tablet.now };
  }

  #at(): string {
    return new Date(this.#tablet.now.wall_ms).toISOString();
  }

  #chance(bound: number): number {
    return Number(this.#next() % BigInt(bound));
  }

  #next(): bigint {
    const [value, seed] = draw(this.#seed);
    this.#seed = seed;
    return value;
  }
}
