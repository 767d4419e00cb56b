/** Day or night: by the person's setting, else by the hour. */

export type ThemeSetting = 'day' | 'night' | 'by_time';

/** From when until when a ward is dark, in hours of the day. */
export const NIGHT = { from_hour: 21, until_hour: 7 } as const;

/** The theme at an hour of the day (0-23) under a setting. */
export function themeAt(setting: ThemeSetting, hour: number): 'day' | 'night' {
  if (setting !== 'by_time') return setting;
  return hour >= NIGHT.from_hour || hour < NIGHT.until_hour ? 'night' : 'day';
}
