/** What an alert is about, who is asked, and for how long, in the person's language. */
import { t, translate } from '../app/i18n/index.svelte';
import type { AlertRow, AlertStep } from '../schemas';
import { row } from '../sync/store.svelte';
import { spoken } from '../tasks/care';
import type { MarkName } from '../ui/Mark.svelte';

export const ALERT_MARK: Record<AlertRow['alert_class'], MarkName> = {
  red: 'octagon-alert',
  amber: 'triangle-alert',
  plain: 'square-alert',
};

/** "NEWS2 7 at 14:02"; "Turning due since 14:11"; of a task by hand its own words too: "Bloods · A task due since 04:00". */
export function alertWords(alert: AlertRow): string {
  const words = translate(alert.text_key, spoken(alert.text_params));
  const task = alert.cause === 'overdue_task' ? row('task', alert.cause_id) : undefined;
  return task?.text ? `${task.text} · ${words}` : words;
}

/** "asked 14:02, shown, no answer". */
export function stepWords(step: AlertStep): string {
  if (step.why_ended) return t(`alert.step_end.${step.why_ended}`);
  if (step.opened_at) return t('alert.opened');
  if (step.shown_at) return t('alert.shown');
  return t('alert.sent');
}
