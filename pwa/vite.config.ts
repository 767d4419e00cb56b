/** Builds the PWA into dist/, and runs its unit tests. */
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import release from './package.json' with { type: 'json' };
import { serviceWorker } from './vite/service-worker.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const server = process.env['WARDLIGHT_URL'] ?? 'http://127.0.0.1:8000';

export default defineConfig(({ command }) => ({
  plugins: [svelte({ configFile: false }), serviceWorker(here('./src/sw/worker.ts'))],
  define: { __VERSION__: JSON.stringify(release.version) },
  resolve: {
    alias: { $shared: here('../shared_schemas') },
    // Svelte's exports answer "browser" only when asked: without this, tests would get the server build.
    ...(process.env['VITEST'] ? { conditions: ['browser'] } : {}),
  },
  build: {
    target: 'es2022',
    // Inline assets would be data: URLs, which the content security policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: command === 'build' ? pages(process.env['WARDLIGHT_GALLERY']) : [],
    },
  },
  server: { fs: { allow: ['..'] }, proxy: { '/api': { target: server, ws: true } } },
  test: {
    include: ['src/**/*.test.ts', 'vite/**/*.test.ts'],
    environment: 'node',
    // Tests are of pure functions: a worker need not be made anew for each file.
    pool: 'threads',
    isolate: false,
    sequence: { shuffle: true },
  },
}));

/** The gallery of parts is built on demand only: it never ships. */
function pages(gallery: string | undefined): string[] {
  return gallery ? ['index.html', 'gallery.html'] : ['index.html'];
}
