/** Drafts of forms, kept on this tablet per person and subject until they are saved or thrown away. */
import type { DBSchema } from 'idb';
import { Storage } from '../sync/storage.ts';

interface Drafts extends DBSchema {
  drafts: { key: string; value: unknown };
}

const drafts = new Storage<Drafts>('wardlight-drafts', 1, (database) => {
  database.createObjectStore('drafts');
});

/** A set of a patient, or the note of a visit. */
type Form = 'vitals' | 'visit_note';

const keyOf = (staff_id: string, id: string, form: Form) => `${form} ${staff_id} ${id}`;

export async function readDraft<T>(staff_id: string, id: string, form: Form = 'vitals'): Promise<T | null> {
  const draft = await drafts.run((database) => database.get('drafts', keyOf(staff_id, id, form)));
  return (draft as T | undefined) ?? null;
}

/** Resolves when the draft lies on the disk. */
export async function keepDraft(
  staff_id: string,
  id: string,
  draft: unknown,
  form: Form = 'vitals',
): Promise<void> {
  await drafts.run(async (database) => {
    const writing = database.transaction('drafts', 'readwrite', { durability: 'strict' });
    await Promise.all([writing.store.put(draft, keyOf(staff_id, id, form)), writing.done]);
  });
}

export async function dropDraft(staff_id: string, id: string, form: Form = 'vitals'): Promise<void> {
  await drafts.run((database) => database.delete('drafts', keyOf(staff_id, id, form)));
}
