/** Speaks to the person in her language: `t('shift.title')`. Switching is live; English stands in for what is not loaded. */
import english from '$shared/locales/en.json';
import { words } from '../../ui/words.svelte';
import { type Catalogue, type Key, LANGUAGES, type Language, messageAt, type Params, say } from './catalogue';

export type { Key, Language, Params } from './catalogue';
export { LANGUAGES } from './catalogue';

const REMEMBERED = 'wardlight.language';
const loaders: Record<Exclude<Language, 'en'>, () => Promise<{ default: Catalogue }>> = {
  ko: () => import('$shared/locales/ko.json'),
  zh: () => import('$shared/locales/zh.json'),
  vi: () => import('$shared/locales/vi.json'),
};

let language = $state<Language>('en');
// Raw: a catalogue is replaced as a whole, so no message needs a watcher of its own.
let catalogue = $state.raw<Catalogue>(english);

/** The language on the screen now; reading it in a template follows a switch. */
export function currentLanguage(): Language {
  return language;
}

/** The sentence at `key`; numbers and plurals follow the language. `params.count` chooses the plural. */
export function t(key: Key, params: Params = {}): string {
  return translate(key, params);
}

/** As `t`, for a key that came from the server; an unknown one is shown as it is. */
export function translate(key: string, params: Params = {}): string {
  const message = messageAt(catalogue, key) ?? messageAt(english, key);
  return message === undefined ? key : say(message, params, language);
}

/** Switches the language of the screen at once, and remembers it on this tablet. */
export async function switchLanguage(next: Language): Promise<void> {
  catalogue = next === 'en' ? english : (await loaders[next]()).default;
  language = next;
  document.documentElement.lang = next;
  localStorage.setItem(REMEMBERED, next);
  words.close = t('app.close');
  words.undo = t('app.undo');
  words.seconds_left = (count) => t('app.seconds', { count });
}

/** Takes up the language remembered on this tablet, else the device's, else English. */
export function startLanguage(): Promise<void> {
  const wished = [localStorage.getItem(REMEMBERED), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return switchLanguage(wished.find(isLanguage) ?? 'en');
}

function isLanguage(tag: string | null): tag is Language {
  return tag !== null && tag in LANGUAGES;
}
