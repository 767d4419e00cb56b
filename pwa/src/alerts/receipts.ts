/** Tells the server how far an asking came on this tablet; told again until it is taken. */
import type { Receipt } from '../schemas';

const RETRY_MS = 5000;
const told = new Set<string>();
let waiting: Receipt[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says once that a step was shown or opened here. */
export function tell(receipt: Receipt): void {
  const key = `${receipt.step_id} ${receipt.kind}`;
  if (told.has(key)) return;
  told.add(key);
  waiting.push(receipt);
  void send();
}

async function send(): Promise<void> {
  clearTimeout(timer);
  const sending = waiting;
  if (sending.length === 0) return;
  try {
    const reply = await fetch('/api/alerts/receipts', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(sending),
    });
    if (reply.ok || reply.status === 400) waiting = waiting.filter((receipt) => !sending.includes(receipt));
  } catch {
    // Without a network the receipt waits; the server climbs, as it must when it hears nothing.
  }
  if (waiting.length > 0) timer = setTimeout(() => void send(), RETRY_MS);
}
