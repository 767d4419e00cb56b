/** Saving as screens do it: an id when the entry is safe, null when it is not; then every screen says so. */
import { endAnew, placeOf, type Replaced } from './anew.ts';
import type { EntryType } from './overlay.ts';
import { type Fields, NotInstalled, type SaveOptions, save } from './save.ts';

/** What stands against keeping it: nothing, the device, or that the app is not installed. */
type Failed = null | 'device' | 'not_installed';
let failed = $state<Failed>(null);

/** Why the last thing that a person did could not be kept on this tablet; null when it was. */
export function whyNotKept(): Failed {
  return failed;
}

/** The person has read it. */
export function understood(): void {
  failed = null;
}

/** As `save`, but it does not throw: null means that nothing was saved. */
export async function keep<T extends EntryType>(
  type: T,
  fields: Fields<T>,
  options?: SaveOptions,
): Promise<string | null> {
  try {
    const stay_id = 'stay_id' in fields && typeof fields.stay_id === 'string' ? fields.stay_id : null;
    const replaced = placeOf(type, stay_id, Date.now());
    const entry_id = await save(
      type,
      fields,
      replaced ? { ...options, answers: replaced.entry_id } : options,
    );
    if (replaced) await sayReplaced(replaced, entry_id);
    failed = null;
    return entry_id;
  } catch (error) {
    if (!(error instanceof NotInstalled)) reportError(error);
    failed = error instanceof NotInstalled ? 'not_installed' : 'device';
    return null;
  }
}

/** The new entry is safe by now: were this lost, the old one would only be asked about once more. */
export async function sayReplaced(
  { entry_id, local }: Pick<Replaced, 'entry_id' | 'local'>,
  replaced_by: string,
): Promise<void> {
  endAnew();
  if (!local)
    await save('held_entry_resolved', { held_entry_id: entry_id, resolution: 'resent', replaced_by });
}
