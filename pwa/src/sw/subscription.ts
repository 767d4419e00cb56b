/** A push subscription that the browser or its push service ended by itself: taken anew, and told to the server. */

/** What the browser says of the change; Chromium gives neither in many cases. */
export interface Change {
  oldSubscription?: PushSubscription | null;
  newSubscription?: PushSubscription | null;
}

/** Subscribes again with the key of before, or the server's, and tells the server. What fails here the page does at its start. */
export async function renewSubscription(manager: PushManager, change: Change): Promise<void> {
  try {
    const renewed = change.newSubscription ?? (await subscribeAgain(manager, change.oldSubscription));
    const { endpoint, keys } = renewed.toJSON();
    // Without a language: the screen's is kept where a worker can not read it.
    await asked('PUT', '/api/alerts/push-subscription', { endpoint, keys });
  } catch {
    // Without a network, or no longer paired.
  }
}

async function subscribeAgain(
  manager: PushManager,
  old: PushSubscription | null | undefined,
): Promise<PushSubscription> {
  const key = old?.options.applicationServerKey ?? (await serversKey());
  return manager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function serversKey(): Promise<string> {
  const answer = await asked('GET', '/api/alerts/push-key');
  return ((await answer.json()) as { key: string }).key;
}

async function asked(method: string, path: string, body?: unknown): Promise<Response> {
  const answer = await fetch(path, {
    method,
    ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer;
}
