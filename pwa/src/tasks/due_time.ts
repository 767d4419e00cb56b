/** A time of day typed for a task, read as the next instant that has it. */

/** "04:00" at `now_ms` is the coming four o'clock in the tablet's zone; null when it is no time. */
export function nextTime(text: string, now_ms: number): string | null {
  const parts = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text.trim());
  if (!parts) return null;
  const due = new Date(now_ms);
  due.setHours(Number(parts[1]), Number(parts[2]), 0, 0);
  if (due.getTime() < now_ms) due.setDate(due.getDate() + 1);
  return due.toISOString();
}
