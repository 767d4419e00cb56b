import { expect, test } from 'vitest';
import { currentOffer, endOffer, offerUndo, takeOffer } from './undo.svelte';

test('an offer is either taken back or kept, once', () => {
  const done: string[] = [];
  offerUndo(
    'Done: round',
    () => done.push('undone'),
    () => done.push('kept'),
  );
  takeOffer();
  takeOffer();
  endOffer();
  expect(done).toEqual(['undone']);
  expect(currentOffer()).toBeNull();
});

test('a newer offer keeps the older action', () => {
  const done: string[] = [];
  offerUndo(
    'first',
    () => done.push('first undone'),
    () => done.push('first kept'),
  );
  offerUndo('second', () => done.push('second undone'));
  takeOffer();
  expect(done).toEqual(['first kept', 'second undone']);
});
