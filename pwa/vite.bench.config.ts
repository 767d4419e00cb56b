/** Builds the benchmark's page (docs/performance.md) into a folder of the benchmark; it never ships. */
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [svelte({ configFile: false })],
  publicDir: false,
  resolve: { alias: { $shared: here('../shared_schemas') } },
  build: {
    target: 'es2022',
    // A profile names functions.
    minify: false,
    outDir: here('../bench/out/page'),
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: here('./bench/ours.ts'),
      output: { entryFileNames: 'ours.js', codeSplitting: false },
    },
  },
});
