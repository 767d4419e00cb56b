/** What the server remarks on an entry, in words. What this tablet has no words for yet is left out. */
import { translate } from '../app/i18n/index.svelte';

function known(key: string): string | undefined {
  const sentence = translate(key);
  return sentence === key ? undefined : sentence;
}

/** What kind of record it is; the server may hold one that it could not read. */
export function entryWords(type: string): string {
  return (type && known(`sync.entry.${type}`)) || translate('sync.tray.a_record');
}

/** A sentence for each flag of a kept fact. */
export function flagWords(flags: readonly string[] | undefined): string[] {
  return (flags ?? []).flatMap((flag) => known(`sync.flag.${flag}`) ?? []);
}

/** A few words for each flag of a set. */
export function flagTags(flags: readonly string[] | undefined): string[] {
  return (flags ?? []).flatMap((flag) => known(`vitals.flag.${flag}`) ?? []);
}

/** Why an entry waits for an answer, and what exactly stands against it. */
export function heldWords({ reason, detail }: { reason: string; detail?: string | undefined }): string {
  const why = known(`sync.held.${reason}`) ?? translate('sync.held.invalid');
  return [why, detail && known(`sync.detail.${detail}`)].filter(Boolean).join(' ');
}
