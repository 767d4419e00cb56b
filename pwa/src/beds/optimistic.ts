/** What entries about beds will have done, before the server says so: marks in their turn, reservations that can be. */
import type { OptimisticRules } from '../sync/overlay';
import { bedState, standings } from './bed_state';
import { holds, readinessOf } from './turns';

export const BED_RULES: OptimisticRules = {
  bed_marked: ({ body, entry_id, staff_id, recorded_at }, store) => {
    const { bed_id, unit_id, readiness, reason = null, seen_mark_id = null } = body;
    const last = store.row('bed_status', bed_id);
    const now = Date.parse(recorded_at);
    const standing = standings(store, now).get(bed_id);
    if (last?.mark_id === entry_id || !standing) return [];
    // Who lies there does not count: the mark is of the bed.
    const shown = readinessOf(bedState({ ...standing, lying: null }, now).state) ?? 'clean';
    if (!holds(readiness, last?.readiness ?? 'clean', shown, seen_mark_id !== (last?.mark_id ?? null)))
      return [];
    const marked = { readiness, marked_at: body.observed_at, marked_by_staff_id: staff_id, reason };
    return [{ type: 'bed_status', id: bed_id, row: { bed_id, unit_id, mark_id: entry_id, ...marked } }];
  },
  bed_reserved: ({ body, entry_id, staff_id, recorded_at }, store) => {
    const { bed_id, unit_id, for_stay_id = null, text = null, until_at, observed_at } = body;
    const now = Date.parse(recorded_at);
    const taken = store
      .rows('bed_reservation')
      .some((one) => one.bed_id === bed_id && Date.parse(one.until_at) > now);
    if (taken || Date.parse(until_at) <= now) return [];
    const row = {
      ...{ reservation_id: entry_id, bed_id, unit_id, for_stay_id, text, until_at },
      ...{ reserved_at: observed_at, reserved_by_staff_id: staff_id },
    };
    return [{ type: 'bed_reservation', id: entry_id, row }];
  },
  bed_reservation_cancelled: ({ body }) => [{ type: 'bed_reservation', id: body.reservation_id, row: null }],
};
