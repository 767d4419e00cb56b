/** The lines of a figure's cases, in the person's language. */
import { ALERT_MARK, alertWords } from '../alerts/words';
import { t } from '../app/i18n/index.svelte';
import { span } from '../app/i18n/moments';
import { href } from '../app/routes';
import type { Counted } from '../beds/counts';
import type { Place } from '../stays/ward';
import { careWords } from '../tasks/care';
import { minutesLate } from '../tasks/task_state';
import type { MarkName } from '../ui/Mark.svelte';
import type { Beds, BedTile } from './beds';
import { bedLabel, type Facts } from './facts';
import type { Figures } from './figures';
import { dueWords } from './words';

/** One line: where it leads, the bed, what, and how late. */
export interface Case {
  id: string;
  link: string;
  bed: string;
  mark?: MarkName;
  place?: Place;
  words: string;
  aside: string;
}

/** What a figure of the header counts. */
export function casesOf(which: keyof Figures, figures: Figures, facts: Facts): Case[] {
  switch (which) {
    case 'unanswered':
      return figures.unanswered.map((alert) => ({
        id: alert.alert_id,
        link: href('/alerts/:alert_id', { alert_id: alert.alert_id }),
        bed: bedLabel(facts, alert.stay_id),
        mark: ALERT_MARK[alert.alert_class],
        words: alertWords(alert),
        aside: span(facts.now_ms - Date.parse(alert.began_at)),
      }));
    case 'overdue':
      return figures.overdue.map((task) => ({
        id: task.task_id,
        link: href('/tasks/:task_id', { task_id: task.task_id }),
        bed: bedLabel(facts, task.stay_id),
        mark: 'diamond',
        words: careWords(task),
        aside: t('task.late', { span: span(minutesLate(task, facts.now_ms) * 60_000) }),
      }));
    case 'free':
      return figures.free.map(bedCase);
    default:
      return figures[which].map((place) => patientCase(place, facts));
  }
}

/** What a figure above the map of beds counts. */
export function bedCases(which: Counted, beds: Beds, facts: Facts): Case[] {
  if (which === 'coming')
    return facts.places.flatMap((place) => (place.bed ? [] : patientCase(place, facts)));
  if (which === 'going') {
    const going = new Set(beds.map.flatMap((tile) => (tile.going ? (tile.stay?.stay_id ?? []) : [])));
    return [...facts.here].flatMap(([stay_id, place]) =>
      going.has(stay_id) ? patientCase(place, facts) : [],
    );
  }
  const states = which === 'blocked' ? ['blocked', 'closed'] : [which];
  return beds.map.filter((tile) => states.includes(tile.state)).map(bedCase);
}

export function patientCase(place: Place, facts: Facts): Case {
  const stay_id = place.stay?.stay_id ?? '';
  const link = href('/patients/:stay_id', { stay_id });
  return {
    id: stay_id,
    link,
    bed: place.bed?.label ?? '–',
    place,
    words: '',
    aside: dueWords(place, facts.now_ms).text,
  };
}

function bedCase({ bed, state }: BedTile): Case {
  const words = state === 'occupied' ? '' : t(`board.beds.tile.${state}`);
  return { id: bed.bed_id, link: href('/ward'), bed: bed.label, words, aside: '' };
}
