/** Saving as screens do it: an id when the entry is safe, null when it is not; then every screen says so. */
import type { EntryType } from './overlay.ts';
import { type Fields, type SaveOptions, save } from './save.ts';

let failed = $state(false);

/** Whether the last thing that a person did could not be kept on this tablet. */
export function isNotKept(): boolean {
  return failed;
}

/** The person has read it. */
export function understood(): void {
  failed = false;
}

/** As `save`, but it does not throw: null means that nothing was saved. */
export async function keep<T extends EntryType>(
  type: T,
  fields: Fields<T>,
  options?: SaveOptions,
): Promise<string | null> {
  try {
    const entry_id = await save(type, fields, options);
    failed = false;
    return entry_id;
  } catch (error) {
    reportError(error);
    failed = true;
    return null;
  }
}
