import { expect, test } from 'vitest';
import { languageOfLetters } from './letters';

test.each([
  ['박영자', 'ko'],
  ['陈桂英', 'zh'],
  ['Nguyễn Thị Lan', 'vi'],
  ['Đỗ Văn Nam', 'vi'],
  ['Arthur Bennett', undefined],
  ['André Müller', undefined],
])('the letters of %s are of %s', (name, language) => {
  expect(languageOfLetters(name)).toBe(language);
});

test('decomposed letters are read as composed ones', () => {
  expect(languageOfLetters('Nguyễn'.normalize('NFD'))).toBe('vi');
  expect(languageOfLetters('박영자'.normalize('NFD'))).toBe('ko');
});
