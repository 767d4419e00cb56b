/** What entries about a stay will have done, before the server says so. */
import type { StayRow } from '../schemas';
import type { Expected, OptimisticRules } from '../sync/overlay';
import type { RowReader } from '../sync/rows';
import { PLACING_RULES } from './placing';

function changed(store: RowReader, stay_id: string, change: Partial<StayRow>): Expected[] {
  const stay = store.row('stay', stay_id);
  return stay ? [{ type: 'stay', id: stay_id, row: { ...stay, ...change } }] : [];
}

export const STAY_RULES: OptimisticRules = {
  ...PLACING_RULES,
  discharge_planned: ({ body }, store) =>
    changed(store, body.stay_id, { departure_planned_at: body.departure_planned_at }),
  stay_details_changed: ({ body }, store) =>
    changed(store, body.stay_id, { pregnant: body.pregnant, isolation: body.isolation }),
  note_written: ({ body, staff_id }, store) =>
    changed(store, body.stay_id, { note: body.note, note_by_staff_id: staff_id, note_at: body.observed_at }),
};
