/** How long typed values speak of the present, and how long they are kept. Instants in ms. */

const MINUTE_MS = 60_000;
/** One visit to a bed: signs that were typed longer ago are of then, not of now. */
const VISIT_MS = 5 * MINUTE_MS;
/** A set later than 12 h alerts nobody (docs/escalation.md, observation duty): it is measured again. */
const KEPT_MS = 12 * 60 * MINUTE_MS;

export function isOld(typed_at: number, now_ms: number): boolean {
  return now_ms - typed_at > VISIT_MS;
}

/** True as well when nobody can say when they were typed. */
export function isGone(typed_at: number | null | undefined, now_ms: number): boolean {
  return typed_at === null || typed_at === undefined || now_ms - typed_at > KEPT_MS;
}
