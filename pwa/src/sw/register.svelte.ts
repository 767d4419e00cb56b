/** The page's side of the service worker: starts it, learns of a new version, and opens what a notice points to. */
import { isAnyFormDirty } from '../app/dirty';
import { go } from '../app/router.svelte';

let waiting = $state.raw<ServiceWorker | null>(null);
let taking = false;

/** Whether a new version is ready. It starts by itself when all tabs have been closed: a cold start. */
export function isUpdateReady(): boolean {
  return waiting !== null;
}

/** Starts the new version now, in every tab; false when a form in any tab is not saved yet. */
export async function takeUpdate(): Promise<boolean> {
  if (!waiting || (await isAnyFormDirty())) return false;
  taking = true;
  waiting.postMessage('take over');
  return true;
}

/** Starts the worker. Without one (an old browser, no secure address) the app works, but not after a reload offline. */
export async function startServiceWorker(): Promise<void> {
  const container = navigator.serviceWorker;
  if (!container) return;
  const was_controlled = container.controller !== null;
  container.addEventListener('controllerchange', () => {
    // The first worker takes over a page that is its own version already.
    if (taking || was_controlled) void reloadWhenClean();
  });
  container.addEventListener('message', (event: MessageEvent<{ open?: string }>) => {
    if (event.data?.open) go(event.data.open);
  });
  container.startMessages();
  const registration = await container.register(workerUrl() as string, { updateViaCache: 'none' });
  watch(registration);
  document.addEventListener('visibilitychange', () => {
    // Without a network this fails, and the next time will do.
    if (document.visibilityState === 'visible') registration.update().catch(() => {});
  });
}

function watch(registration: ServiceWorkerRegistration): void {
  const look = () => {
    waiting = registration.active ? registration.waiting : null;
  };
  look();
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', look);
  });
}

async function reloadWhenClean(): Promise<void> {
  // Another tab took the update between the two looks at the forms: this one waits for its own.
  while (await isAnyFormDirty()) await new Promise((resolve) => setTimeout(resolve, 1000));
  location.reload();
}

/** The one script address of this app that is made at run time, under a Trusted Types policy of its own. */
function workerUrl(): TrustedScriptURL | string {
  const url = '/sw.js';
  const policy = window.trustedTypes?.createPolicy('wardlight-worker', { createScriptURL: () => url });
  return policy ? policy.createScriptURL(url) : url;
}
