/** Which language's letters a name is written in, so that the right glyphs are drawn. */

/** A guess from the letters alone: Hangul is Korean, Han is Chinese, Vietnamese marks are Vietnamese; else undefined. */
export function languageOfLetters(name: string): 'ko' | 'zh' | 'vi' | undefined {
  const letters = name.normalize('NFC');
  if (/\p{Script=Hangul}/u.test(letters)) return 'ko';
  if (/\p{Script=Han}/u.test(letters)) return 'zh';
  // Letters that Vietnamese has and its Latin neighbours have not: horn, breve with tone, d with stroke, dot below.
  return /[ơưăđƠƯĂĐ\u1EA0-\u1EF9]/u.test(letters) ? 'vi' : undefined;
}
