/** A held entry that its author has gone to write anew: what she saves next of its kind about the same stay takes its place. */
import type { EntryType } from './overlay.ts';

/** `local`: the server never took it, and need not be told. */
export type Replaced = { entry_id: string; type: EntryType; stay_id: string | null; local: boolean };

// Who has not written it by then has turned to something else, and the entry is still in the tray.
const FOR_MS = 15 * 60_000;
let begun: { replaced: Replaced; at: number } | null = null;

export function beginAnew(replaced: Replaced, now_ms: number): void {
  begun = { replaced, at: now_ms };
}

/** The held entry whose place an entry of this type about this stay takes, once. */
export function placeOf(type: EntryType, stay_id: string | null, now_ms: number): Replaced | null {
  if (!begun || now_ms - begun.at > FOR_MS) return null;
  const { replaced } = begun;
  return replaced.type === type && replaced.stay_id === stay_id ? replaced : null;
}

export function endAnew(): void {
  begun = null;
}
