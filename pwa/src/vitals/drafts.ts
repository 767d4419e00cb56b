/** Drafts of forms, kept on this tablet per person and subject until they are saved or thrown away. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

interface Drafts extends DBSchema {
  drafts: { key: string; value: unknown };
}
let opening: Promise<IDBPDatabase<Drafts>> | undefined;

function database(): Promise<IDBPDatabase<Drafts>> {
  opening ??= openDB<Drafts>('wardlight-drafts', 1, {
    upgrade: (db) => {
      db.createObjectStore('drafts');
    },
    terminated: () => {
      opening = undefined;
    },
  });
  return opening;
}

/** A set of a patient, or the note of a visit. */
type Form = 'vitals' | 'visit_note';

const keyOf = (staff_id: string, id: string, form: Form) => `${form} ${staff_id} ${id}`;

export async function readDraft<T>(staff_id: string, id: string, form: Form = 'vitals'): Promise<T | null> {
  return ((await (await database()).get('drafts', keyOf(staff_id, id, form))) as T | undefined) ?? null;
}

/** Resolves when the draft lies on the disk. */
export async function keepDraft(
  staff_id: string,
  id: string,
  draft: unknown,
  form: Form = 'vitals',
): Promise<void> {
  const transaction = (await database()).transaction('drafts', 'readwrite', { durability: 'strict' });
  await transaction.store.put(draft, keyOf(staff_id, id, form));
  await transaction.done;
}

export async function dropDraft(staff_id: string, id: string, form: Form = 'vitals'): Promise<void> {
  await (await database()).delete('drafts', keyOf(staff_id, id, form));
}
