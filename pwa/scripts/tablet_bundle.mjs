/** Bundles the tablet's heart without a screen, for a page that a script drives: `node scripts/tablet_bundle.mjs FILE`. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build } from 'vite';

const home = fileURLToPath(new URL('..', import.meta.url));
const [file] = process.argv.slice(2);
if (!file) throw new Error('Name the file to write.');

await build({
  root: home,
  configFile: false,
  publicDir: false,
  logLevel: 'error',
  plugins: [svelte({ configFile: false })],
  resolve: { alias: { $shared: join(home, '../shared_schemas') } },
  build: {
    outDir: dirname(file),
    emptyOutDir: false,
    minify: false,
    lib: {
      entry: join(home, 'src/sync/trial/by_script.ts'),
      formats: ['iife'],
      name: 'tablet',
      fileName: () => 'tablet.js',
    },
  },
});
