import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const BANNED =
  /\bDate\.now\b|\bnew Date\(\)|\bperformance\b|\bsetTimeout\b|\bsetInterval\b|\bqueueMicrotask\b|\bMath\.random\b|\bfetch\(|\bindexedDB\b|\bidb\b|\bcrypto\b|\bWebSocket\b|\bnavigator\b|\bwindow\b|\bdocument\b|\bawait\b|\basync\b|\bPromise\b/;

const here = dirname(fileURLToPath(import.meta.url));

/** Every file that `core.ts` stands on. */
function closure(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, found] of readFileSync(join(here, file), 'utf8').matchAll(/from '(.+)'/g)) {
    expect(found, `${file} imports from outside the core`).toMatch(/^\.\/[a-z]+\.ts$/);
    closure((found as string).slice(2), seen);
  }
  return seen;
}

test('the core calls no clock, timer, chance, network, storage or crypto', () => {
  const files = [...closure('core.ts'), ...closure('summary.ts'), ...closure('replica.ts')];
  expect(files.length).toBeGreaterThan(8);
  for (const file of files) {
    const code = readFileSync(join(here, file), 'utf8').replaceAll(/\/\*\*[\s\S]*?\*\/|\/\/.*/g, '');
    expect(code.match(BANNED)?.[0], file).toBeUndefined();
  }
});
