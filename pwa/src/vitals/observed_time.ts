/** A time of day typed for an observation, read as the latest instant that has it. */

/** "23:50" typed at 00:10 is yesterday's; null when it is no time. */
export function lastTime(text: string, now_ms: number): string | null {
  const parts = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text.trim());
  if (!parts) return null;
  const at = new Date(now_ms);
  at.setHours(Number(parts[1]), Number(parts[2]), 0, 0);
  if (at.getTime() > now_ms) at.setDate(at.getDate() - 1);
  return at.toISOString();
}
