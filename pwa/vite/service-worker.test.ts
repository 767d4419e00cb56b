import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listPrecache } from './service-worker';

async function aBuild(script: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wardlight-build-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<!doctype html>');
  await writeFile(join(folder, 'assets', 'app.js'), script);
  await writeFile(join(folder, 'sw.js'), 'old worker');
  return folder;
}

test('the precache list holds every file of the build but the worker, the page as the root', async () => {
  const { paths } = await listPrecache(await aBuild('1'));
  expect(paths).toEqual(['/assets/app.js', '/']);
});

test('the version changes when a byte of any kept file changes, and only then', async () => {
  const [first, same, other] = await Promise.all(
    ['1', '1', '2'].map(async (script) => (await listPrecache(await aBuild(script))).version),
  );
  expect(same).toBe(first);
  expect(other).not.toBe(first);
});
