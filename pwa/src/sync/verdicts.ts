/** Reads the server's answer to a batch: nothing but a verdict on each entry takes anything out of the outbox. */
import type { Held, Now, Pushing, Settled } from './contract.ts';

export type Verdicts = {
  sent: Settled[];
  held: Held[];
  later: Record<string, number>;
  heads: Record<string, number>;
  epoch: string;
};

const FINAL = new Set(['accepted', 'duplicate', 'flagged']);
const LATER_S = 5;

/** The verdicts on `flight`, or null when the answer is not one that can be trusted. */
export function readVerdicts(
  body: unknown,
  push: Pushing,
  flight: readonly string[],
  now: Now,
): Verdicts | null {
  if (!isRecord(body) || !Array.isArray(body['verdicts']) || body['verdicts'].length !== flight.length)
    return null;
  const asked = new Set(flight);
  const byId = new Map(
    push.waiting.filter(({ entry_id }) => asked.has(entry_id)).map((entry) => [entry.entry_id, entry]),
  );
  const out: Verdicts = {
    sent: [],
    held: [],
    later: {},
    heads: readHeads(body['heads']),
    epoch: text(body['epoch']),
  };
  for (const [place, answer] of body['verdicts'].entries()) {
    const entry = byId.get(flight[place] as string);
    if (!entry || !isRecord(answer)) return null;
    const first = answer['verdict'] === 'duplicate' ? answer['outcome'] : answer['verdict'];
    if (first === 'held') {
      const why = { reason: text(answer['reason']), detail: text(answer['detail']) };
      out.held.push({ ...entry, ...why, local: false });
    } else if (FINAL.has(answer['verdict'] as string)) {
      const flags = Array.isArray(answer['flags']) ? answer['flags'].map(text) : [];
      out.sent.push({ entry_id: entry.entry_id, verdict: text(answer['verdict']), flags });
    } else {
      // `later`, or a verdict of a newer server: the entry stays.
      const wait_s = typeof answer['retry_after_s'] === 'number' ? answer['retry_after_s'] : LATER_S;
      out.later[entry.stay_id ?? entry.entry_id] = now.mono_ms + Math.max(1, wait_s) * 1000;
    }
  }
  return out;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function readHeads(value: unknown): Record<string, number> {
  if (!isRecord(value)) return {};
  const heads = Object.entries(value).filter(([, head]) => typeof head === 'number');
  return Object.fromEntries(heads) as Record<string, number>;
}
