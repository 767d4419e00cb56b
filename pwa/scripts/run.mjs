/** Runs one TypeScript file of src/ in Node: `node scripts/run.mjs src/vitals/score_cli.ts ARGS`. No build of the app is needed. */
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const home = fileURLToPath(new URL('..', import.meta.url));
const [entry, ...rest] = process.argv.slice(2);
if (!entry) throw new Error('Name a TypeScript file to run.');

const bundle = await rolldown({
  input: join(home, entry),
  platform: 'node',
  resolve: { alias: { $shared: join(home, '../shared_schemas') } },
});
// One file a run: two runs at once must not write over each other.
const file = join(home, 'node_modules/.run', `${basename(entry, '.ts')}-${process.pid}.mjs`);
await mkdir(join(home, 'node_modules/.run'), { recursive: true });
await bundle.write({ file, format: 'esm', codeSplitting: false });
await bundle.close();

process.argv = [process.argv[0], file, ...rest];
try {
  await import(pathToFileURL(file).href);
} finally {
  const { rm } = await import('node:fs/promises');
  await rm(file, { force: true });
}
