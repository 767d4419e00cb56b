/** Asks the server; an answer that is not JSON is no answer, whatever its status says. */
import type { Now, Reply } from './contract.ts';
import type { Body } from './packing.ts';

const PATIENCE_MS = 30_000;

/** Wall clock and monotonic clock of this tab. */
export function now(): Now {
  return { wall_ms: Date.now(), mono_ms: performance.now() };
}

/** One request. It never rejects: a lost line, and silence for half a minute, are status 0. */
export async function ask(path: string, method = 'GET', body?: Body): Promise<Reply> {
  const sent_at = now();
  try {
    const headers = {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(body instanceof ArrayBuffer ? { 'content-encoding': 'gzip' } : {}),
    };
    const answer = await fetch(path, {
      method,
      headers,
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body === undefined ? {} : { body }),
    });
    const json = /\bjson\b/.test(answer.headers.get('content-type') ?? '');
    const wait_s = Number(answer.headers.get('retry-after'));
    return {
      status: answer.status,
      body: json ? await answer.json() : undefined,
      sent_at,
      ...(wait_s > 0 ? { retry_after_s: wait_s } : {}),
    };
  } catch {
    return { status: 0, sent_at };
  }
}
