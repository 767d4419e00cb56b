/** An order that changes every five seconds and never under a finger, as the board's does; what lines say goes on live. */
import { untrack } from 'svelte';
import { now } from '../app/clock.svelte';
import { followFinger } from '../board/finger.svelte';
import { isTouched, mayMove } from '../board/ticks';
import type { Stop } from './day';

/** Those that are known now in the order of `shown`; who is new comes where it belongs, as far as it can. */
export function inOrderOf<T>(fresh: readonly T[], shown: readonly string[], idOf: (one: T) => string): T[] {
  const place = new Map(shown.map((id, at) => [id, at]));
  const known = fresh.filter((one) => place.has(idOf(one)));
  known.sort((a, b) => (place.get(idOf(a)) ?? 0) - (place.get(idOf(b)) ?? 0));
  let at = 0;
  return fresh.map((one) => (place.has(idOf(one)) ? (known[at++] as T) : one));
}

/** Visits in the order in which the screen shows them now. */
export function steadyStops(fresh: readonly Stop[], shown: readonly string[]): Stop[] {
  return inOrderOf(fresh, shown, ({ visit }) => visit.visit_id);
}

/** Call it while a screen is made; `ids` is read live. */
export function steady(ids: () => readonly string[]): { readonly order: readonly string[] } {
  let order = $state.raw<readonly string[]>([]);
  let ordered_ms = 0;
  const finger = followFinger();
  $effect(() => {
    const [now_ms, fresh] = [now(), ids()];
    untrack(() => {
      if (order.length > 0 && (isTouched(now_ms, finger) || !mayMove(ordered_ms, now_ms))) return;
      [order, ordered_ms] = [fresh, now_ms];
    });
  });
  return {
    get order() {
      return order;
    },
  };
}
