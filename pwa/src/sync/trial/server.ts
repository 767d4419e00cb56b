/** A server small enough to be read in a minute: it knows entries by id, and keeps one dense feed. For tests only. */
import type { Change, SnapshotRow } from '../contract.ts';
import { applyChanges, type Rows } from '../replica.ts';

/** What a trial tablet posts; `stay_id` and `wish` stand in for the body. */
export type Posted = { entry_id: string; n: number; stay_id: string | null; wish: string };

const SERVER_EPOCH = 'e1';

export class TrialServer {
  readonly epoch = SERVER_EPOCH;
  readonly feed: string;
  /** Entry id to its first verdict. */
  readonly known = new Map<string, string>();
  readonly applied: Posted[] = [];
  readonly changes: Change[] = [];
  readonly rows: Rows = new Map();
  /** How often an entry with the wish `later` was put off. */
  readonly #putOff = new Map<string, number>();

  constructor(feed: string) {
    this.feed = feed;
  }

  get head(): number {
    return this.changes.length;
  }

  /** Commits one change of the feed. */
  commit(type: string, id: string, row: unknown): void {
    const change = { seq: this.head + 1, type, id, version: this.head + 1, row };
    this.changes.push(change);
    applyChanges(this.rows, [change]);
  }

  /** `POST /api/sync/entries`: a batch with a poison entry is refused whole. */
  push(entries: Posted[], at: string): { status: number; body: unknown } {
    if (entries.some((entry) => entry.wish === 'poison'))
      return { status: 400, body: { title: 'Not understood' } };
    const putOff = new Set<string | null>();
    const verdicts = entries.map((entry) => {
      // Later entries of the same stay wait.
      if (entry.stay_id && putOff.has(entry.stay_id) && !this.known.has(entry.entry_id))
        return { entry_id: entry.entry_id, verdict: 'later', retry_after_s: 1 };
      const judged = this.#judge(entry);
      if (judged['verdict'] === 'later') putOff.add(entry.stay_id);
      return judged;
    });
    return {
      status: 200,
      body: { verdicts, heads: { [this.feed]: this.head }, epoch: this.epoch, server_at: at },
    };
  }

  /** `GET /api/sync/snapshot/{feed}` in chunks of three rows. */
  snapshot(chunk: number, at: string): unknown {
    const all: SnapshotRow[] = [...this.rows.values()];
    const rows = all.slice(chunk * 3, chunk * 3 + 3);
    const last = (chunk + 1) * 3 >= all.length;
    return { feed: this.feed, epoch: this.epoch, head: this.head, chunk, last, rows, server_at: at };
  }

  /** `GET /api/sync/changes`. */
  page(after: number, limit: number, at: string): unknown {
    const changes = this.changes.slice(after, after + limit);
    const more = after + limit < this.head;
    return { feed: this.feed, epoch: this.epoch, head: this.head, more, changes, server_at: at };
  }

  /** The delta frame of changes `from` to the head. */
  delta(from: number): unknown {
    const changes = this.changes.slice(from - 1);
    return { frame: 'delta', feed: this.feed, epoch: this.epoch, from, to: this.head, changes };
  }

  #judge(entry: Posted): Record<string, unknown> {
    const { entry_id } = entry;
    const first = this.known.get(entry_id);
    if (first) return { entry_id, verdict: 'duplicate', outcome: first };
    const times = this.#putOff.get(entry_id) ?? 0;
    if (entry.wish === 'later' && times < 2) {
      this.#putOff.set(entry_id, times + 1);
      return { entry_id, verdict: 'later', retry_after_s: 1 };
    }
    const verdict = entry.wish === 'hold' ? 'held' : 'accepted';
    this.known.set(entry_id, verdict);
    if (verdict === 'held') return { entry_id, verdict, reason: 'bed_taken' };
    this.applied.push(entry);
    this.commit('vital_signs', entry_id, { stay_id: entry.stay_id });
    return { entry_id, verdict };
  }
}
