/** The note of a visit: one author's draft until it is signed, addenda from then on (backend/visits/rules/notes.py). Pure. */
import type { VisitAddendum, VisitNoteRow, VisitSignature } from '../schemas';

/** What a word does to a note: it is the draft, or stands under it. */
export function isAddendum(note: VisitNoteRow | undefined, staff_id: string): boolean {
  if (!note) return false;
  const sealed = Boolean(note.signature) && Boolean(note.text);
  return sealed || (Boolean(note.author_staff_id) && note.author_staff_id !== staff_id);
}

/** The author's draft grows; signed, or a colleague's, it stays as it is and gains an addendum. Nothing is merged. */
export function written(note: VisitNoteRow, wrote: VisitAddendum): VisitNoteRow {
  // What the server has taken as the draft is not said again, whatever was signed since.
  const older = note.written_at && Date.parse(wrote.observed_at) <= Date.parse(note.written_at);
  if (older && note.author_staff_id === wrote.author_staff_id) return note;
  if (isAddendum(note, wrote.author_staff_id)) {
    const known = note.addenda ?? [];
    return known.some((one) => one.entry_id === wrote.entry_id)
      ? note
      : { ...note, addenda: [...known, wrote] };
  }
  const { text, author_staff_id, observed_at: written_at } = wrote;
  return { ...note, text, author_staff_id, written_at };
}

/** The first signature stands. */
export function signed(note: VisitNoteRow, signature: VisitSignature): VisitNoteRow {
  return note.signature ? note : { ...note, signature };
}
