/** Finds a person by some letters of the name, with or without its marks. Pure. */

/** Whether the letters occur in the name; marks, case and the form of composition do not matter. */
export function fitsName(name: string, letters: string): boolean {
  return plain(name).includes(plain(letters));
}

function plain(text: string): string {
  // Vietnamese đ is a letter of its own: taking marks off leaves it, so it is spelled out.
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .normalize('NFC')
    .replace(/[đĐ]/g, 'd')
    .toLowerCase()
    .trim();
}
