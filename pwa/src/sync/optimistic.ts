/** What answers in the tray will have done, before the server says so. Pure. */
import type { OptimisticRules } from './overlay.ts';

export const ANSWER_RULES: OptimisticRules = {
  held_entry_resolved: ({ body, staff_id }, store) => {
    const held = store.row('held_entry', body.held_entry_id);
    if (!held) return [];
    const { resolution, observed_at: resolved_at } = body;
    const row = { ...held, resolution, resolved_by_staff_id: staff_id, resolved_at };
    return [{ type: 'held_entry', id: held.held_entry_id, row }];
  },
  loss_incident_seen: ({ body, staff_id }, store) => {
    const lost = store.row('loss_incident', body.incident_id);
    if (!lost) return [];
    const row = { ...lost, closed_at: body.observed_at, closed_by_staff_id: staff_id };
    return [{ type: 'loss_incident', id: lost.incident_id, row }];
  },
};
