/** Whether a person's tablets can ring her, as the ladder asks it (backend/alerts/rules/people.py, rule 7). Pure. */
import type { TabletRow } from '../schemas';

const MINUTE_MS = 60_000;

/** `contact_at`: when any tablet that she is signed in on was last heard of (ms); null: never, or there is none. */
export type Reach = { contact_at: number | null; reachable: boolean };

export function reachOf(
  staff_id: string,
  tablets: Iterable<TabletRow>,
  no_contact_minutes: number,
  now_ms: number,
): Reach {
  const hers = [...tablets].filter((tablet) => tablet.staff_ids.includes(staff_id));
  const heard = hers.flatMap((tablet) => (tablet.contact_at ? [Date.parse(tablet.contact_at)] : []));
  if (heard.length === 0) return { contact_at: null, reachable: false };
  const contact_at = Math.max(...heard);
  const tried = hers.filter((tablet) => typeof tablet.push_works === 'boolean');
  const mute = tried.length > 0 && !tried.some((tablet) => tablet.push_works);
  return { contact_at, reachable: !mute && now_ms - contact_at <= no_contact_minutes * MINUTE_MS };
}
