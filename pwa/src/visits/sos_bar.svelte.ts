/** What a screen puts beside the SOS at its foot, where a thumb finds both. */
import type { Snippet } from 'svelte';

/** Why the SOS that was held last is on no server and on no tablet; the same beside a screen and in a dialog. */
export const unsaid = $state({ why: null as 'not_kept' | 'locked' | null });

let beside = $state.raw<Snippet | null>(null);

/** The action of the screen that is shown; null: the SOS says what it does. */
export function besideSos(): Snippet | null {
  return beside;
}

/** Puts an action beside the SOS until the returned function is called. Fits a Svelte effect. */
export function putBesideSos(action: Snippet): () => void {
  beside = action;
  return () => {
    if (beside === action) beside = null;
  };
}
