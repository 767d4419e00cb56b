/** Entries of this tablet whose effect the server's rows may not show yet, read back from the outbox. */
import type { Contents, Kept } from './outbox.ts';
import type { Pending, Saved } from './overlay.ts';

/** What was sent longer ago has its rows by now. */
export const LATEST_MS = 24 * 60 * 60_000;

/** What waits, and what was sent of late: the store lets go of the latter when their feeds have come. */
export function pendingOf({ waiting, sent }: Pick<Contents, 'waiting' | 'sent'>): Pending[] {
  const known = [...sent]
    .reverse()
    .map((kept) => ({ saved: savedOf(kept), heads: kept.heads, epoch: kept.epoch }));
  return [...known, ...waiting.map((kept) => ({ saved: savedOf(kept) }))];
}

/** A kept entry as screens and optimistic rules see it: its instants by the server's clock, as the app's own clock is. */
export function savedOf(kept: Kept): Saved {
  const {
    type,
    recorded_at,
    body: own,
  } = JSON.parse(kept.text) as Record<'recorded_at' | 'body', string> & {
    type: Saved['type'];
  };
  const body = JSON.parse(own) as Saved['body'];
  const offset_ms = body.clock_offset_ms ?? 0;
  return {
    entry_id: kept.entry_id,
    type,
    recorded_at: shifted(recorded_at, offset_ms),
    body: { ...body, observed_at: shifted(body.observed_at, offset_ms) },
    staff_id: kept.staff_id,
  };
}

/** What a kept entry says, without what is stamped on it when it is saved. */
export function factsOf(kept: Kept): Pick<Saved, 'type'> & { fields: object; depends_on: readonly string[] } {
  const { type, body } = savedOf(kept);
  const { clock_offset_ms: _offset, clock_quality: _quality, seen: _seen, ...fields } = body;
  return { type, fields, depends_on: kept.depends_on };
}

/** An instant moved by some milliseconds. */
export function shifted(instant: string, by_ms: number): string {
  return new Date(Date.parse(instant) + by_ms).toISOString();
}
