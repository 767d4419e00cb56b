/** Why care follows from a set, in the server's words. Pure. */
import news2 from '$shared/reference/news2.json';
import type { Cause } from '../schemas';
import type { Taken } from './taken';

/** A set up to ten minutes in the past counts as charted at once (SPOT NPEWS C3.8). */
const PROMPT_MS = 10 * 60_000;
const MEDIUM_FROM = news2.response.medium.totals[0] ?? 0;

/** The catalogue key of the reason and its figures; of a late set the sentence has both its times. */
export function causeOf(one: Taken): Cause {
  const [sign] = one.unobtainable;
  const instants = { observed_at: instant(one.at), received_at: instant(one.received) };
  const prefix = one.received - one.at > PROMPT_MS ? 'cause.late' : 'cause';
  if (sign)
    return {
      cause_type: 'unobtainable',
      cause_id: one.id,
      text_key: `${prefix}.unobtainable.${sign}`,
      text_params: instants,
    };
  const because = { cause_type: 'entry' as const, cause_id: one.id };
  if (one.no_score) return { ...because, text_key: 'cause.no_score', text_params: instants };
  const single = one.single_3 && one.figure < MEDIUM_FROM;
  const key = one.complete ? (single ? 'single_3' : 'score') : 'lower_bound';
  return { ...because, text_key: `${prefix}.${key}`, text_params: { ...instants, total: one.figure } };
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
