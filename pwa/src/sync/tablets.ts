/** What the unit's feed tells of its tablets: who is silent, what is unsent, and which records never came. Pure. */
import type { LossIncidentRow, TabletRow } from '../schemas';

const MINUTE_MS = 60_000;
/** A tablet with a network sends within seconds; the feed tells of it every half minute. */
const SENDS_WITHIN_MINUTES = 2;

export type SilentTablet = { tablet: TabletRow; contact_at: number | null };
export type Loss = { incident: LossIncidentRow; tablet: TabletRow | undefined; count: number };

/**
 * Other tablets of the unit from which nobody has heard for `no_contact_minutes` though somebody is signed in on them, and
 * those that had something unsent when they were last heard of. The longest silence first.
 */
export function silent(
  tablets: readonly TabletRow[],
  device_id: string | undefined,
  no_contact_minutes: number,
  now_ms: number,
): SilentTablet[] {
  return tablets
    .filter((tablet) => tablet.device_id !== device_id)
    .map((tablet) => ({ tablet, contact_at: tablet.contact_at ? Date.parse(tablet.contact_at) : null }))
    .filter(({ tablet, contact_at }) => {
      const quiet = now_ms - (contact_at ?? 0);
      if ((tablet.outbox_depth ?? 0) > 0) return quiet >= SENDS_WITHIN_MINUTES * MINUTE_MS;
      return tablet.staff_ids.length > 0 && quiet >= no_contact_minutes * MINUTE_MS;
    })
    .sort((a, b) => (a.contact_at ?? 0) - (b.contact_at ?? 0));
}

/** Records that a tablet numbered and that never came though it was asked for them, the newest notice first. */
export function losses(
  incidents: readonly LossIncidentRow[],
  tablets: readonly TabletRow[],
  now_ms: number,
): Loss[] {
  const named = new Map(tablets.map((tablet) => [tablet.device_id, tablet]));
  return incidents
    .filter((incident) => !incident.closed_at)
    .filter((incident) => now_ms - Date.parse(incident.noticed_at) >= SENDS_WITHIN_MINUTES * MINUTE_MS)
    .sort((a, b) => b.noticed_at.localeCompare(a.noticed_at))
    .map((incident) => ({
      incident,
      tablet: named.get(incident.device_id),
      count: incident.last_n - incident.first_n + 1,
    }));
}
