/** The alerts of this tablet as screens show them now. */
import { now } from '../app/clock.svelte';
import type { AlertRow } from '../schemas';
import { isPending, row, rows } from '../sync/store.svelte';
import { judged } from './standing';

const shown = (alert: AlertRow) => judged(alert, isPending('alert', alert.alert_id), now());

/** All of them; reading it in a template follows the store and the clock. */
export function alerts(): AlertRow[] {
  return rows('alert').map(shown);
}

/** One by its id. */
export function alertOf(alert_id: string): AlertRow | undefined {
  const alert = row('alert', alert_id);
  return alert && shown(alert);
}
