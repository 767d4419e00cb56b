/** What a script may do in a tab without a screen: all of it is the app's own. */
export { startTablet } from '../browser.ts';
export { readOutbox } from '../outbox.ts';
export { thisDevice } from '../people.svelte.ts';
export { readProjection } from '../projection.ts';
export { save } from '../save.ts';
export { logIn, pair } from '../sign_in.ts';
export { syncState } from '../store.svelte.ts';
