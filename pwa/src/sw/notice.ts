/** A notice on a locked tablet: shown, opened, and the server told of both. It holds no patient's words. */

/** The plain text of a push, as `PushText` in shared_schemas/wire.py. */
interface PushText {
  alert_id: string | null;
  step_id: string | null;
  staff_id: string;
  tag: string;
  title: string;
  text: string;
  url: string;
  lang: string;
  silent?: boolean;
}

/** Shows a push, replacing the notice of its tag (a red's, or the person's shared one), and tells the server that it was shown. */
export async function showNotice(
  worker: ServiceWorkerGlobalScope,
  pushed: PushMessageData | null,
): Promise<void> {
  const push = pushed?.json() as PushText;
  const options = {
    body: push.text,
    tag: push.tag,
    // A step of the ladder sounds again, though its notice replaces the one before.
    renotify: !push.silent,
    silent: push.silent ?? false,
    requireInteraction: true,
    lang: push.lang,
    icon: '/icons/icon-192.png',
    badge: '/icons/badge-96.png',
    data: push,
  };
  await worker.registration.showNotification(push.title, options);
  await sendReceipt(push, 'shown');
}

/** Opens the alert of a tapped notice in the best window, and tells the server that it was opened. */
export async function openNotice(worker: ServiceWorkerGlobalScope, notice: Notification): Promise<void> {
  notice.close();
  const push = notice.data as PushText;
  const link = new URL(push.url, location.origin);
  const windows = await worker.clients.matchAll({ type: 'window' });
  const best =
    windows.find((each) => each.focused) ??
    windows.find((each) => each.visibilityState === 'visible') ??
    windows[0];
  if (best) {
    best.postMessage({ open: link.hash });
    await best.focus();
  } else await worker.clients.openWindow(link.href);
  await sendReceipt(push, 'opened');
}

async function sendReceipt(push: PushText, kind: 'shown' | 'opened'): Promise<void> {
  if (push.alert_id === null || push.step_id === null) return;
  const receipt = { alert_id: push.alert_id, step_id: push.step_id, kind, at: new Date().toISOString() };
  try {
    await fetch('/api/alerts/receipts', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([receipt]),
    });
  } catch {
    // A receipt is proof, not duty: without one the server asks the next person sooner.
  }
}
