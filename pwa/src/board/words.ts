/** What the lines of the board say, in the person's language. */

import { alertWords } from '../alerts/words';
import { t } from '../app/i18n/index.svelte';
import { clockTime, span } from '../app/i18n/moments';
import type { Place } from '../stays/ward';
import { row } from '../sync/store.svelte';
import { careWords } from '../tasks/care';
import { minutesLate, timing } from '../tasks/task_state';
import { ageOf } from './age';
import type { Load } from './drowning';
import { bedLabel, type Facts } from './facts';
import type { Need } from './needs';

/** Beyond this a clock time says more than minutes. */
const SOON_MINUTES = 90;
const LABELS = 2;

/** "Turning"; of a score what it says itself. */
export function needTitle({ alert }: Need): string {
  const task = alert.cause === 'overdue_task' ? row('task', alert.cause_id) : undefined;
  return task ? careWords(task) : alertWords(alert);
}

/** Why it asks, after who has it: "due since 14:11; Moore: on a break". */
export function needCause({ alert, passed }: Need): string {
  const { due_at } = alert.text_params ?? {};
  const skipped = passed ? row('staff', passed.staff_id) : undefined;
  return [
    alert.cause === 'overdue_task' && due_at ? t('board.needs.due_since', { time: clockTime(due_at) }) : '',
    passed && skipped
      ? t('board.needs.passed', { name: skipped.name, why: t(`alert.step_end.${passed.why}`) })
      : '',
  ]
    .filter(Boolean)
    .join('; ');
}

/** "6B, 2A +1". */
export function bedsInWords(labels: readonly string[]): string {
  const beds = labels.slice(0, LABELS).join(' ');
  const count = labels.length - LABELS;
  return count > 0 ? t('board.load.more_beds', { beds, count }) : beds;
}

/** Under the name: what she is asked, a break, her post; whose work it is where it is nobody's. */
export function loadNote({ staff_id, turn, on_break, reds, patients }: Load, facts: Facts): string {
  if (staff_id === null) {
    const labels = patients.map((place) => place.bed?.label ?? '–');
    return t('board.load.beds', { count: labels.length, beds: bedsInWords(labels) });
  }
  if (reds.length > 0) {
    const labels = new Set(reds.map((alert) => bedLabel(facts, alert.stay_id)));
    return t('board.load.asked', { beds: bedsInWords([...labels]) });
  }
  if (!turn) return t('board.load.off_duty');
  if (on_break) {
    const until = turn.break_until_at;
    return until ? t('board.load.break_until', { time: clockTime(until) }) : t('board.load.break');
  }
  if (turn.post === 'charge') return t('board.load.charge');
  return turn.post === 'nurse' ? '' : t(`staff.post.${turn.post}`);
}

/** "in 26", "20 late", "17:17", "pause": when the next set is due. */
export function dueWords({ task, tags }: Place, now_ms: number): { late: boolean; text: string } {
  if (tags.includes('stopped')) return { late: false, text: t('board.sick.stopped') };
  if (tags.includes('paused')) return { late: false, text: t('board.sick.paused') };
  if (!task) return { late: false, text: '–' };
  const count = minutesLate(task, now_ms);
  const late = timing(task, now_ms) === 'overdue';
  if (late) return { late, text: t('board.sick.late', { count }) };
  if (count > 0) return { late, text: t('board.needs.due_since', { time: clockTime(task.due_at) }) };
  if (count === 0) return { late, text: t('board.sick.now') };
  return {
    late,
    text: count > -SOON_MINUTES ? t('board.sick.in', { count: -count }) : clockTime(task.due_at),
  };
}

/** "41 min", "3 h": the minutes of many hours say nothing in a narrow column. */
export function shortSpan(minutes: number): string {
  return minutes < 120
    ? t('app.minutes', { count: minutes })
    : t('app.hours', { count: Math.floor(minutes / 60) });
}

/** "as of 4 s ago". */
export function ageWords(heard_at: number | null, now_ms: number): string {
  const { ms } = ageOf(heard_at, now_ms);
  if (ms === null) return t('board.not_heard');
  const seconds = Math.floor(ms / 1000);
  return t('board.as_of', { span: seconds < 60 ? t('app.seconds', { count: seconds }) : span(ms) });
}
