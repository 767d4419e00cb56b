/** What entries about beds will have done, before the server says so. */
import type { OptimisticRules } from '../sync/overlay';

export const BED_RULES: OptimisticRules = {
  bed_marked: ({ body, entry_id, staff_id }) => [
    {
      type: 'bed_status',
      id: body.bed_id,
      row: {
        bed_id: body.bed_id,
        unit_id: body.unit_id,
        mark_id: entry_id,
        readiness: body.readiness,
        marked_at: body.observed_at,
        marked_by_staff_id: staff_id,
        reason: body.reason ?? null,
      },
    },
  ],
  bed_reserved: ({ body, entry_id, staff_id }) => [
    {
      type: 'bed_reservation',
      id: entry_id,
      row: {
        reservation_id: entry_id,
        bed_id: body.bed_id,
        unit_id: body.unit_id,
        for_stay_id: body.for_stay_id ?? null,
        text: body.text ?? null,
        reserved_at: body.observed_at,
        until_at: body.until_at,
        reserved_by_staff_id: staff_id,
      },
    },
  ],
  bed_reservation_cancelled: ({ body }) => [{ type: 'bed_reservation', id: body.reservation_id, row: null }],
};
