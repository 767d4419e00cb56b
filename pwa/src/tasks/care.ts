/** How care is named and drawn: the icon of a kind, the words of a task and of its cause. */
import { t, translate } from '../app/i18n/index.svelte';
import { clockTime } from '../app/i18n/moments';
import type { Cause, TaskRow } from '../schemas';
import type { IconName } from '../ui/icons';

const ICON: Record<TaskRow['kind'], IconName> = {
  observation: 'chart',
  response: 'phone',
  turning: 'turn',
  round: 'eye',
  home_visit: 'home',
  other: 'note',
};

/** The icon of a kind of care; care of a kind this tablet does not know yet gets the note. */
export function careIcon(kind: string): IconName {
  return ICON[kind as TaskRow['kind']] ?? 'note';
}

type Params = Record<string, string | number>;

/** Instants among the figures of a sentence (their names end in `_at`) become clock times of the unit. */
export function spoken(params: Params | undefined): Params {
  return Object.fromEntries(
    Object.entries(params ?? {}).map(([name, value]) => [
      name,
      name.endsWith('_at') && typeof value === 'string' ? clockTime(value) : value,
    ]),
  );
}

/** What is to be done: a person's own words, or planned care in this tablet's language. */
export function careWords(task: TaskRow): string {
  if (task.text) return task.text;
  return task.text_key ? translate(task.text_key, spoken(task.text_params)) : t('task.care');
}

/** "because NEWS2 7 at 14:02". */
export function causeWords(cause: Cause): string {
  return translate(cause.text_key, spoken(cause.text_params));
}
