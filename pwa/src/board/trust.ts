/** What the board can not be sure of: entries that need an answer, silent tablets, what is unsent, what never came. Pure. */
import type { TabletRow } from '../schemas';
import { losses } from '../sync/tablets';
import type { Facts } from './facts';

const MINUTE_MS = 60_000;

export interface Trust {
  /** Entries that only a person can answer. */
  held: number;
  /** Tablets with somebody signed in that have not been heard of for as long as the policy says, the longest silence first. */
  silent: { tablet: TabletRow; silent_ms: number | null }[];
  /** Entries that tablets had not sent when they were last heard of. */
  unsent: number;
  /** Entries that were numbered and never came. */
  lost: number;
}

export function trustOf({ held, tablets, losses: incidents, policy, now_ms }: Facts): Trust {
  const silence = (tablet: TabletRow) => (tablet.contact_at ? now_ms - Date.parse(tablet.contact_at) : null);
  const for_ms = policy.no_contact_minutes * MINUTE_MS;
  return {
    held: held.filter(({ resolution }) => !resolution || resolution === 'handed_over').length,
    silent: tablets
      .filter((tablet) => tablet.staff_ids.length > 0)
      .map((tablet) => ({ tablet, silent_ms: silence(tablet) }))
      .filter(({ silent_ms }) => silent_ms === null || silent_ms > for_ms)
      .sort((a, b) => (b.silent_ms ?? Number.MAX_VALUE) - (a.silent_ms ?? Number.MAX_VALUE)),
    unsent: tablets.reduce((sum, tablet) => sum + (tablet.outbox_depth ?? 0), 0),
    lost: losses(incidents, tablets, now_ms).reduce((sum, { count }) => sum + count, 0),
  };
}
