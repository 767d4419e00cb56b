/** Numbers that never reached the server: those that storage still has go once more, each span looked for only now and then. */
import type { Now, Span, State, Stepped } from './contract.ts';

// What this tablet does not have either is missed in every answer from then on.
const LOOK_AGAIN_MS = 10 * 60_000;

/** What an answer to a batch says that the server misses. */
export function missingHeard(state: State, missing: unknown, now: Now): Stepped {
  const spans = spansOf(missing);
  const known = spans.map((span): [string, number] => [
    span.join('-'),
    state.push.looked[span.join('-')] ?? 0,
  ]);
  const wanted = spans.filter((_, place) => (known[place] as [string, number])[1] <= now.mono_ms);
  const again_at = now.mono_ms + LOOK_AGAIN_MS;
  const looked = Object.fromEntries(known.map(([name, at]) => [name, at <= now.mono_ms ? again_at : at]));
  const next = { ...state, push: { ...state.push, looked } };
  return [next, wanted.length > 0 ? [{ action: 'resend_missing', spans: wanted }] : []];
}

function spansOf(value: unknown): Span[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (one): one is Span =>
      Array.isArray(one) &&
      one.length === 2 &&
      one.every((n) => Number.isInteger(n) && n > 0) &&
      one[0] <= one[1],
  );
}
