import { expect, test } from 'vitest';
import en from '$shared/locales/en.json';
import ko from '$shared/locales/ko.json';
import vi from '$shared/locales/vi.json';
import zh from '$shared/locales/zh.json';
import { type Catalogue, isMessage, type Language, messageAt, type Plural, say } from './catalogue';

const CATALOGUES: Record<Language, Catalogue> = { en, ko, zh, vi };

function keysOf(tree: Catalogue, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([name, place]) =>
    isMessage(place) ? [prefix + name] : keysOf(place as Catalogue, `${prefix}${name}.`),
  );
}
function placeholders(form: string): string[] {
  return [...form.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? '').sort();
}
function formsOf(message: string | Plural): Record<string, string> {
  return typeof message === 'string' ? { other: message } : message;
}

test.each(['ko', 'zh', 'vi'] as const)('%s has every message of English and no other', (language) => {
  expect(keysOf(CATALOGUES[language]).sort()).toEqual(keysOf(en).sort());
});

test.each(['en', 'ko', 'zh', 'vi'] as const)(
  '%s names in every form the parameters that English names',
  (language) => {
    for (const key of keysOf(en)) {
      const wanted = placeholders(formsOf(messageAt(en, key) ?? '')['other'] ?? '');
      for (const form of Object.values(formsOf(messageAt(CATALOGUES[language], key) ?? '')))
        expect(placeholders(form), `${language} ${key}`).toEqual(wanted);
    }
  },
);

test.each(['en', 'ko', 'zh', 'vi'] as const)('%s has exactly the plural forms of its grammar', (language) => {
  const grammar = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted();
  for (const key of keysOf(CATALOGUES[language])) {
    const message = messageAt(CATALOGUES[language], key);
    if (typeof message === 'object') expect(Object.keys(message).sort(), key).toEqual(grammar);
  }
});

test.each(['en', 'ko', 'zh', 'vi'] as const)(
  '%s leaves no message empty and keeps its slices in order',
  (language) => {
    const catalogue = CATALOGUES[language];
    expect(Object.keys(catalogue)).toEqual(Object.keys(catalogue).sort());
    for (const key of keysOf(catalogue))
      for (const form of Object.values(formsOf(messageAt(catalogue, key) ?? '')))
        expect(form.trim(), key).not.toBe('');
  },
);

test('the plural follows the count and the language', () => {
  const message = { one: '{count} day', other: '{count} days' };
  expect(say(message, { count: 1 }, 'en')).toBe('1 day');
  expect(say(message, { count: 0 }, 'en')).toBe('0 days');
  expect(say({ other: '{count}일' }, { count: 1 }, 'ko')).toBe('1일');
});

test('a parameter that is not given stays visible, so that its absence is seen', () => {
  expect(say('asked {name} at {time}', { time: '14:02' }, 'en')).toBe('asked {name} at 14:02');
});

test('a key that names no message finds none, whatever it is made of', () => {
  expect(messageAt(en, 'app')).toBeUndefined();
  expect(messageAt(en, 'app.nothing.here')).toBeUndefined();
  expect(messageAt(en, 'app.close.more')).toBeUndefined();
  expect(messageAt(en, '')).toBeUndefined();
});
