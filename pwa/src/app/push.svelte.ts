/** The tablet's subscription to push: asked for by a tap, told to the server, tested by another tap. */
import { keepStorage } from './device.svelte';
import { currentLanguage } from './i18n/index.svelte';

export type PushState = 'off' | 'asking' | 'on' | 'blocked' | 'unavailable';

/** `subscribe()` never settles where no push service can be reached, so it gets this long. */
const PATIENCE_MS = 10_000;
/** Kept on this tablet: somebody turned push on here, so that a subscription that is lost is taken anew. */
const WANTED = 'wardlight.push';

let push_state = $state<PushState>('off');

/** How this tablet stands with push. */
export function pushState(): PushState {
  return push_state;
}

/** Looks how it stands, without asking the person anything. */
export async function lookAtPush(): Promise<void> {
  const manager = await pushManager();
  if (!manager) push_state = 'unavailable';
  else if (Notification.permission === 'denied') push_state = 'blocked';
  else push_state = (await manager.getSubscription()) ? 'on' : 'off';
}

/** Asks the person and the push service, and tells the server; the state says how it ended. */
export async function turnPushOn(): Promise<void> {
  const manager = await pushManager();
  if (!manager) {
    push_state = 'unavailable';
    return;
  }
  push_state = 'asking';
  const permission = await Notification.requestPermission();
  if (permission !== 'granted') {
    // A question that was only waved away may be asked again.
    push_state = permission === 'denied' ? 'blocked' : 'off';
    return;
  }
  void keepStorage();
  try {
    await tellServer(await subscribed(manager));
    localStorage.setItem(WANTED, 'yes');
    push_state = 'on';
  } catch {
    push_state = 'unavailable';
  }
}

/** Tells the server the subscription again, and takes a lost one anew: browsers end them, and the language changes. */
export async function renewPush(): Promise<void> {
  const manager = await pushManager();
  if (!manager) return;
  const is_wanted = localStorage.getItem(WANTED) !== null && Notification.permission === 'granted';
  try {
    const subscription = (await manager.getSubscription()) ?? (is_wanted ? await subscribed(manager) : null);
    if (subscription) await tellServer(subscription);
  } catch {
    // Without a network the next start tells it.
  }
}

async function subscribed(manager: PushManager): Promise<PushSubscription> {
  const { key } = (await (await asked('/api/alerts/push-key')).json()) as { key: string };
  return patiently(manager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
}

/** Asks the server to send this tablet a test; false when it can not be asked. */
export async function testPush(): Promise<boolean> {
  try {
    await asked('/api/alerts/push-test', 'POST');
    return true;
  } catch {
    return false;
  }
}

async function tellServer(subscription: PushSubscription): Promise<void> {
  const { endpoint, keys } = subscription.toJSON();
  await asked('/api/alerts/push-subscription', 'PUT', { endpoint, keys, lang: currentLanguage() });
}

async function pushManager(): Promise<PushManager | undefined> {
  if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window))
    return undefined;
  return (await navigator.serviceWorker.getRegistration())?.pushManager;
}

async function asked(path: string, method = 'GET', body?: unknown): Promise<Response> {
  const answer = await fetch(path, {
    method,
    ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer;
}

function patiently<Result>(asking: Promise<Result>): Promise<Result> {
  const patience = new Promise<never>((_, reject) =>
    setTimeout(reject, PATIENCE_MS, new Error('No answer.')),
  );
  return Promise.race([asking, patience]);
}
