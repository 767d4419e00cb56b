/** What entries about a stay will have done, before the server says so. */
import type { StayRow } from '../schemas';
import type { Expected, OptimisticRules } from '../sync/overlay';
import type { RowReader } from '../sync/rows';

function changed(store: RowReader, stay_id: string, change: Partial<StayRow>): Expected[] {
  const stay = store.row('stay', stay_id);
  return stay ? [{ type: 'stay', id: stay_id, row: { ...stay, ...change } }] : [];
}

/** The bed that a stay leaves is dirty from then on. */
function left(store: RowReader, stay_id: string, freed_at: string): Expected[] {
  const stay = store.row('stay', stay_id);
  const bed_id = stay?.bed_id;
  return stay && bed_id
    ? [{ type: 'bed_use', id: bed_id, row: { bed_id, unit_id: stay.unit_id, freed_at } }]
    : [];
}

export const STAY_RULES: OptimisticRules = {
  patient_admitted: ({ body, staff_id }) => [
    {
      type: 'patient',
      id: body.patient_id,
      row: { patient_id: body.patient_id, stay_id: body.stay_id, ...body.patient },
    },
    {
      type: 'stay',
      id: body.stay_id,
      row: {
        stay_id: body.stay_id,
        patient_id: body.patient_id,
        unit_id: body.unit_id,
        bed_id: body.bed_id ?? null,
        bed_since_at: body.bed_id ? body.observed_at : null,
        admitted_at: body.observed_at,
        arrived_at: body.observed_at,
        pregnant: body.pregnant ?? false,
        isolation: body.isolation ?? false,
        owner_staff_id: staff_id,
      },
    },
  ],
  bed_assigned: ({ body }, store) => [
    ...left(store, body.stay_id, body.observed_at),
    ...changed(store, body.stay_id, {
      bed_id: body.bed_id,
      bed_since_at: body.bed_id && body.observed_at,
    }),
  ],
  beds_swapped: ({ body }, store) => {
    const [one, other] = [store.row('stay', body.stay_id), store.row('stay', body.other_stay_id)];
    if (!one?.bed_id || !other?.bed_id) return [];
    const bed_since_at = body.observed_at;
    return [
      ...changed(store, one.stay_id, { bed_id: other.bed_id, bed_since_at }),
      ...changed(store, other.stay_id, { bed_id: one.bed_id, bed_since_at }),
    ];
  },
  discharge_planned: ({ body }, store) =>
    changed(store, body.stay_id, { departure_planned_at: body.departure_planned_at }),
  patient_discharged: ({ body }, store) => [
    ...left(store, body.stay_id, body.observed_at),
    ...changed(store, body.stay_id, { departed_at: body.observed_at }),
  ],
  patient_transferred: ({ body }, store) => [
    ...left(store, body.stay_id, body.observed_at),
    ...changed(store, body.stay_id, { departed_at: body.observed_at }),
  ],
  stay_details_changed: ({ body }, store) =>
    changed(store, body.stay_id, { pregnant: body.pregnant, isolation: body.isolation }),
  note_written: ({ body, staff_id }, store) =>
    changed(store, body.stay_id, { note: body.note, note_by_staff_id: staff_id, note_at: body.observed_at }),
};
