/** The one tap that says "done", with its way back. */
import { now } from '../app/clock.svelte';
import { t } from '../app/i18n/index.svelte';
import { clockTime } from '../app/i18n/moments';
import { offerUndo } from '../app/undo.svelte';
import type { TaskRow } from '../schemas';
import { keep } from '../sync/keep.svelte';
import { careWords } from './care';

/** Saves that a task was done and offers to take it back; nothing is offered when it could not be saved. */
export async function tapDone(task: TaskRow): Promise<void> {
  const { stay_id, task_id } = task;
  if (!(await keep('task_done', { stay_id, task_id }))) return;
  offerUndo(t('task.was_done', { care: careWords(task), time: clockTime(now()) }), () => {
    void keep('task_done_corrected', { stay_id, task_id, reason: t('shift.undone') });
  });
}
