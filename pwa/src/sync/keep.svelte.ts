/** Saving as screens do it: an id when the entry is safe, null when it is not; then every screen says so. */
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
    const entry_id = await save(type, fields, options);
    failed = null;
    return entry_id;
  } catch (error) {
    reportError(error);
    failed = error instanceof NotInstalled ? 'not_installed' : 'device';
    return null;
  }
}
