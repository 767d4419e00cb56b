/** The files of the app, kept in the cache of one version: a page never mixes two. */
import type { Precache } from '../../vite/service-worker';

const nameOf = (precache: Precache) => `shell-${precache.version}`;

/** Keeps every file of this version; hashed files that an older version has are not fetched again. */
export async function keepShell(precache: Precache): Promise<void> {
  const shell = await caches.open(nameOf(precache));
  await Promise.all(
    precache.paths.map(async (path) => {
      const known = path.startsWith('/assets/') ? await caches.match(path) : undefined;
      const answer = known ?? (await fetch(path, { cache: 'reload' }));
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      await shell.put(path, answer);
    }),
  );
}

/** Forgets the versions before this one. */
export async function dropOldShells(precache: Precache): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith('shell-') && name !== nameOf(precache));
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** The kept answer to a request for the page or one of its files; undefined for all else, which goes to the network. */
export function answerFromShell(request: Request, precache: Precache): Promise<Response> | undefined {
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin || url.pathname.startsWith('/api/'))
    return undefined;
  const path = request.mode === 'navigate' ? '/' : url.pathname;
  if (!precache.paths.includes(path)) return undefined;
  return caches
    .open(nameOf(precache))
    .then((shell) => shell.match(path))
    .then((kept) => kept ?? fetch(request));
}
