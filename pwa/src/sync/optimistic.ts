/** What answers to held entries will have done, before the server says so. Pure. */
import type { OptimisticRules } from './overlay.ts';

export const ANSWER_RULES: OptimisticRules = {
  held_entry_resolved: ({ body, staff_id }, store) => {
    const held = store.row('held_entry', body.held_entry_id);
    if (!held) return [];
    const { resolution, observed_at: resolved_at } = body;
    const row = { ...held, resolution, resolved_by_staff_id: staff_id, resolved_at };
    return [{ type: 'held_entry', id: held.held_entry_id, row }];
  },
};
