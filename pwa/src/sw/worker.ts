/** The service worker: the app without a network, the notice on a locked tablet, the flush when the network returns. */
import type { Precache } from '../../vite/service-worker';
import { flush } from '../sync/flush';
import { openNotice, showNotice } from './notice';
import { answerFromShell, dropOldShells, keepShell } from './shell';
import { type Change, renewSubscription } from './subscription';

declare const self: ServiceWorkerGlobalScope;
declare const __PRECACHE__: Precache;
const PRECACHE: Precache = __PRECACHE__;

self.addEventListener('install', (event) => event.waitUntil(keepShell(PRECACHE)));
self.addEventListener('activate', (event) => {
  event.waitUntil(dropOldShells(PRECACHE).then(() => self.clients.claim()));
});
self.addEventListener('fetch', (event) => {
  const answer = answerFromShell(event.request, PRECACHE);
  if (answer) event.respondWith(answer);
});
self.addEventListener('message', (event) => {
  // Only a tap takes over from a running version; without one the new version waits for a cold start.
  if (event.data === 'take over') event.waitUntil(self.skipWaiting());
});
self.addEventListener('push', (event) => event.waitUntil(showNotice(self, event.data)));
self.addEventListener('notificationclick', (event) => event.waitUntil(openNotice(self, event.notification)));
self.addEventListener('pushsubscriptionchange', (event) => {
  event.waitUntil(renewSubscription(self.registration.pushManager, event as Change));
});
self.addEventListener('sync', (event) => {
  // TypeScript does not know Background Sync: only Chromium has it.
  const { tag } = event as ExtendableEvent & { tag: string };
  if (tag === 'flush') (event as ExtendableEvent).waitUntil(flush());
});
