/** A patient's age in whole years by calendar birthday, never days divided by 365.25. */
export function ageYears(born_on: string, now_ms: number): number {
  const [year = 0, month = 1, day = 1] = born_on.split('-').map(Number);
  const today = new Date(now_ms);
  const had = today.getMonth() + 1 > month || (today.getMonth() + 1 === month && today.getDate() >= day);
  return today.getFullYear() - year - (had ? 0 : 1);
}
