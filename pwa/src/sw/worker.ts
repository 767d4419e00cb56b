/** The service worker. */
import type { Precache } from '../../vite/service-worker';

declare const __PRECACHE__: Precache;
declare const self: ServiceWorkerGlobalScope;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(`shell-${__PRECACHE__.version}`).then((cache) => cache.addAll(__PRECACHE__.paths)),
  );
});
