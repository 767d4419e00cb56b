/** Notices on a locked screen whose alert no longer asks: they close, so that what lies there is what is open. */
import type { AlertRow } from '../schemas';
import { askedOf } from './asked';

/** What a push carries in its notice (shared_schemas/wire.py, Notice). */
interface Told {
  alert_id: string | null;
  staff_id: string;
  tag: string;
}

/**
 * The tags of notices that are answered: a red's own when it asks her no more, the shared one when nothing but reds asks her.
 * A notice about an alert that this tablet does not know (yet) stays.
 */
export function answeredTags(told: readonly Told[], alerts: readonly AlertRow[]): string[] {
  const known = new Set(alerts.map((alert) => alert.alert_id));
  return told
    .filter((notice) => {
      if (notice.alert_id === null || !known.has(notice.alert_id)) return false;
      const asked = askedOf(alerts, notice.staff_id);
      const is_red = notice.tag === notice.alert_id;
      return is_red
        ? !asked.some((alert) => alert.alert_id === notice.alert_id)
        : !asked.some((alert) => alert.alert_class !== 'red');
    })
    .map((notice) => notice.tag);
}

/** Closes what is answered. Without a worker there are no notices. */
export async function closeAnswered(alerts: readonly AlertRow[]): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  const notices = (await registration?.getNotifications()) ?? [];
  const told = notices.flatMap(({ data }) => (data ? [data as Told] : []));
  const tags = new Set(answeredTags(told, alerts));
  for (const notice of notices) if (tags.has(notice.tag)) notice.close();
}
