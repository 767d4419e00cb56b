/** What she is writing about a visit: on this tablet's disk with every letter, an entry when she keeps it. */
import type { VisitNoteRow, VisitRow } from '../schemas';
import { keep } from '../sync/keep.svelte';
import { dropDraft, keepDraft, readDraft } from '../vitals/drafts';
import { isAddendum } from './notes';

/** As an entry takes it: no line breaks of another system, letters in one form. */
export function asNote(text: string): string {
  return text.replace(/\r\n?/g, '\n').normalize('NFC').trim();
}

export class NoteDraft {
  text = $state('');
  /** Whether something was typed that is no entry yet. */
  dirty = $state(false);
  readonly #about: Pick<VisitRow, 'visit_id' | 'stay_id'>;
  readonly #staff_id: string;

  constructor({ visit_id, stay_id }: Pick<VisitRow, 'visit_id' | 'stay_id'>, staff_id: string) {
    this.#about = { visit_id, stay_id };
    this.#staff_id = staff_id;
  }

  /** What was typed and not kept; else her own draft as the note has it, to go on with. */
  async begin(note: VisitNoteRow | undefined): Promise<void> {
    const typed = await readDraft<string>(this.#staff_id, this.#about.visit_id, 'visit_note');
    if (this.dirty) return;
    this.dirty = typed !== null;
    this.text = typed ?? this.#own(note);
  }

  type(text: string): void {
    this.text = text;
    this.dirty = true;
    void keepDraft(this.#staff_id, this.#about.visit_id, text, 'visit_note');
  }

  /** Keeps what stands there now as an entry; what is typed meanwhile stays a draft. False: it could not be kept. */
  async save(note: VisitNoteRow | undefined): Promise<boolean> {
    const typed = this.text;
    const text = asNote(typed);
    if (!this.dirty) return true;
    const under = isAddendum(note, this.#staff_id);
    if (text && !(await keep('visit_note_written', { ...this.#about, text }))) return false;
    if (this.text === typed) await dropDraft(this.#staff_id, this.#about.visit_id, 'visit_note');
    if (this.text !== typed) return true;
    this.dirty = false;
    if (under) this.text = '';
    return true;
  }

  /** The note is signed as it was: the field is for what is added under it. */
  sealed(): void {
    if (!this.dirty) this.text = '';
  }

  #own(note: VisitNoteRow | undefined): string {
    return isAddendum(note, this.#staff_id) ? '' : (note?.text ?? '');
  }
}
