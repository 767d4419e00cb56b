/** What duty entries will have done, shown at once. Pure. */
import type { DutyRow, StayRow } from '../schemas';
import type { Expected, OptimisticRules } from '../sync/overlay';
import type { RowReader } from '../sync/rows';
import { may } from './roles';

/** Stays in the beds are hers from now on; stays that were hers and are in none of them are not. */
function owned(store: RowReader, bed_ids: readonly string[], staff_id: string): Expected[] {
  const beds = new Set(bed_ids);
  return store
    .rows('stay')
    .filter((stay) => !stay.departed_at && stay.bed_id && beds.has(stay.bed_id))
    .flatMap((stay) => {
      const row = store.row('stay', stay.stay_id);
      return row ? [{ type: 'stay', id: stay.stay_id, row: { ...row, owner_staff_id: staff_id } }] : [];
    });
}

function changed(store: RowReader, duty_id: string, patch: (duty: DutyRow) => DutyRow): Expected[] {
  const duty = store.row('duty', duty_id);
  return duty ? [{ type: 'duty', id: duty_id, row: patch(duty) }] : [];
}

/** A stay that changes hands, or is offered: it stays as it is unless `may`. */
function handed(
  store: RowReader,
  stay_id: string,
  change: Partial<StayRow>,
  may = (_: StayRow) => true,
): Expected[] {
  const stay = store.row('stay', stay_id);
  return stay && may(stay) ? [{ type: 'stay', id: stay_id, row: { ...stay, ...change } }] : [];
}

const NOT_DECLINED = { declined_by_staff_id: null, declined_at: null };
const OFFER_ENDED = { offered_to_staff_id: null, offered_at: null, ...NOT_DECLINED };

export const DUTY_RULES: OptimisticRules = {
  duty_started: ({ entry_id, staff_id, body }, store) => {
    const { unit_id, post, bed_ids, observed_at, buddy_staff_id = null } = body;
    const row = {
      duty_id: entry_id,
      staff_id,
      unit_id,
      post,
      bed_ids,
      buddy_staff_id,
      started_at: observed_at,
    };
    return [{ type: 'duty', id: entry_id, row }, ...owned(store, bed_ids, staff_id)];
  },
  duty_changed: ({ staff_id, body }, store) => {
    const { post, bed_ids, buddy_staff_id = null } = body;
    const to = changed(store, body.duty_id, (duty) => ({ ...duty, post, bed_ids, buddy_staff_id }));
    return [...to, ...owned(store, bed_ids, staff_id)];
  },
  break_started: ({ body }, store) =>
    changed(store, body.duty_id, (duty) => ({
      ...duty,
      break_started_at: body.observed_at,
      break_until_at: body.until_at ?? null,
    })),
  break_ended: ({ body }, store) =>
    changed(store, body.duty_id, (duty) => ({ ...duty, break_started_at: null, break_until_at: null })),
  duty_ended: ({ body }, store) =>
    changed(store, body.duty_id, (duty) => ({ ...duty, ended_at: body.observed_at })),
  handover_offered: ({ staff_id, body }, store) => {
    const { stay_ids, to_staff_id, observed_at } = body;
    const giver = store.row('staff', staff_id);
    const may_give = (stay: StayRow) => stay.owner_staff_id === staff_id || may('give', giver, stay.unit_id);
    const offer = { offered_to_staff_id: to_staff_id, offered_at: observed_at, ...NOT_DECLINED };
    return stay_ids.flatMap((stay_id) => handed(store, stay_id, offer, may_give));
  },
  handover_accepted: ({ staff_id, body }, store) =>
    handed(store, body.stay_id, { ...OFFER_ENDED, owner_staff_id: staff_id }),
  stay_assigned: ({ staff_id, body }, store) => {
    const { stay_id, to_staff_id, from_staff_id, observed_at } = body;
    const hers = { owner_staff_id: to_staff_id, assigned_by_staff_id: staff_id, assigned_at: observed_at };
    const seen = (stay: StayRow) => (stay.owner_staff_id ?? null) === from_staff_id;
    return handed(store, stay_id, { ...OFFER_ENDED, ...hers }, seen);
  },
  handover_declined: ({ staff_id, body }, store) => {
    const hers = store.row('stay', body.stay_id)?.offered_to_staff_id === staff_id;
    const declined = hers ? { declined_by_staff_id: staff_id, declined_at: body.observed_at } : {};
    return handed(store, body.stay_id, { ...OFFER_ENDED, ...declined });
  },
};
