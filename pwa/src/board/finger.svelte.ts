/** The finger on this screen, as long as the screen is open. */
import { untrack } from 'svelte';
import { now } from '../app/clock.svelte';
import type { Finger } from './ticks';

const ENDS = ['pointerup', 'pointercancel', 'blur'] as const;

/** Follows it; call it while the screen is made. */
export function followFinger(): Finger {
  const finger: Finger = { down: false, left_ms: Number.NEGATIVE_INFINITY };
  const pressed = () => {
    finger.down = true;
  };
  const lifted = () => {
    finger.down = false;
    finger.left_ms = untrack(now);
  };
  $effect(() => {
    addEventListener('pointerdown', pressed);
    for (const end of ENDS) addEventListener(end, lifted);
    return () => {
      removeEventListener('pointerdown', pressed);
      for (const end of ENDS) removeEventListener(end, lifted);
    };
  });
  return finger;
}
