/** Keeps the page in the right theme, and remembers the setting on this tablet. */
import { now } from './clock.svelte';
import { type ThemeSetting, themeAt } from './hours';
import { clockTime } from './i18n/moments';

const REMEMBERED = 'wardlight.theme';
/** Read by public/first-paint.js before the app is there. */
const WORN = 'wardlight.worn';
const GROUND = { day: '#eef0ec', night: '#0e0c0a' };

let setting = $state<ThemeSetting>(remembered());

/** The setting on this tablet. */
export function themeSetting(): ThemeSetting {
  return setting;
}

/** Changes the setting, at once and for next time. */
export function setTheme(next: ThemeSetting): void {
  setting = next;
  localStorage.setItem(REMEMBERED, next);
}

/** The theme that the page wears now. */
export function currentTheme(): 'day' | 'night' {
  return themeAt(setting, Number(clockTime(now()).slice(0, 2)));
}

/** Dresses the page; call it inside an effect, so that it follows the setting and the hour. */
export function wearTheme(): void {
  const theme = currentTheme();
  document.documentElement.dataset['theme'] = theme;
  localStorage.setItem(WORN, theme);
  document.querySelector('meta[name=theme-color]')?.setAttribute('content', GROUND[theme]);
}

function remembered(): ThemeSetting {
  const kept = typeof localStorage === 'undefined' ? null : localStorage.getItem(REMEMBERED);
  return kept === 'day' || kept === 'night' ? kept : 'by_time';
}
