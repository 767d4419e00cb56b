/** The Vite plugin that bundles the service worker after the app, with the list of files that it keeps offline. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { rolldown } from 'rolldown';
import type { Plugin, ResolvedConfig } from 'vite';

/** What the worker keeps: `paths` from the site's root, and a `version` that changes when any of their bytes does. */
export type Precache = { version: string; paths: string[] };

/** Writes `sw.js` at the root of the build, as one classic script: no chunk, so the browser compares all of it for an update. */
export function serviceWorker(entry: string): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'wardlight-service-worker',
    apply: 'build',
    configResolved(resolved) {
      config = resolved;
    },
    closeBundle: {
      sequential: true,
      order: 'post',
      async handler(error) {
        if (error) return;
        const folder = resolve(config.root, config.build.outDir);
        const precache = await listPrecache(folder);
        const aliases = config.resolve.alias.filter((alias) => typeof alias.find === 'string');
        const bundle = await rolldown({
          input: entry,
          resolve: {
            alias: Object.fromEntries(aliases.map((alias) => [alias.find as string, alias.replacement])),
          },
          transform: { define: { __PRECACHE__: JSON.stringify(precache) } },
        });
        const { output } = await bundle.generate({ format: 'iife', minify: true, codeSplitting: false });
        await bundle.close();
        await writeFile(join(folder, 'sw.js'), output[0].code);
      },
    },
  };
}

/** Every file of a finished build but the worker itself, sorted, with `/` for the page. */
export async function listPrecache(folder: string): Promise<Precache> {
  const digest = createHash('sha256');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((file) => file.isFile())
    .map((file) => relative(folder, join(file.parentPath, file.name)).split(sep).join('/'))
    .filter((file) => file !== 'sw.js')
    .sort();
  for (const file of files) digest.update(`${file}\n`).update(await readFile(join(folder, file)));
  return {
    version: digest.digest('hex').slice(0, 12),
    paths: files.map((file) => (file === 'index.html' ? '/' : `/${file}`)),
  };
}
