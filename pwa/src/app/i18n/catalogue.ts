/** What a catalogue is, and how one of its messages becomes a sentence. Pure: the language is an argument. */
import type english from '$shared/locales/en.json';

/** The languages that we speak, each with its own name for itself. */
export const LANGUAGES = { en: 'English', ko: '한국어', zh: '中文', vi: 'Tiếng Việt' } as const;
export type Language = keyof typeof LANGUAGES;

/** One form for each plural category of the language, chosen by the parameter `count`. */
export type Plural = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;
export type Catalogue = { [name: string]: string | Plural | Catalogue };

type KeysOf<Tree> = {
  [Name in keyof Tree & string]: Tree[Name] extends string
    ? Name
    : keyof Tree[Name] extends Intl.LDMLPluralRule
      ? Name
      : `${Name}.${KeysOf<Tree[Name]>}`;
}[keyof Tree & string];

/** A message's address: `shift.title`. Only addresses that English has are types. */
export type Key = KeysOf<typeof english>;
export type Params = Record<string, string | number>;

/** The message at `key`, or undefined. */
export function messageAt(catalogue: Catalogue, key: string): string | Plural | undefined {
  let place: string | Plural | Catalogue | undefined = catalogue;
  for (const name of key.split('.')) {
    if (place === undefined || typeof place === 'string') return undefined;
    place = (place as Catalogue)[name];
  }
  return isMessage(place) ? place : undefined;
}

/** Says a message in a language; a parameter that is not given stays visible in its braces. */
export function say(message: string | Plural, params: Params, language: Language): string {
  const form = typeof message === 'string' ? message : formFor(message, params['count'], language);
  return form.replace(/\{(\w+)\}/g, (braces, name: string) => {
    const value = params[name];
    return value === undefined ? braces : typeof value === 'number' ? number(value, language) : value;
  });
}

const CATEGORIES: ReadonlySet<string> = new Set(['zero', 'one', 'two', 'few', 'many', 'other']);

/** Whether a place in a catalogue holds a message and not more places; codes such as `other` may name places too. */
export function isMessage(place: string | Plural | Catalogue | undefined): place is string | Plural {
  return (
    typeof place === 'string' ||
    (typeof place === 'object' && Object.keys(place).every((name) => CATEGORIES.has(name)))
  );
}

function formFor(plural: Plural, count: string | number | undefined, language: Language): string {
  return plural[pluralRules(language).select(Number(count ?? 0))] ?? plural.other;
}

const rules = new Map<Language, Intl.PluralRules>();
function pluralRules(language: Language): Intl.PluralRules {
  let rule = rules.get(language);
  if (!rule) {
    rule = new Intl.PluralRules(language);
    rules.set(language, rule);
  }
  return rule;
}

function number(value: number, language: Language): string {
  return Number.isInteger(value) && Math.abs(value) < 1000 ? String(value) : value.toLocaleString(language);
}
