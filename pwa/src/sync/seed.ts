/** The browser's own chance, for a tab's generator: drawn at its start, and mixed into every id. */
import { draw, uuid7 } from './generator.ts';

/** 64 bits that nobody can foresee. */
export function seed(): bigint {
  return crypto.getRandomValues(new BigUint64Array(1))[0] as bigint;
}

let next: bigint | undefined;

/** A new UUIDv7; no two tabs, and no two tablets, draw the same. */
export function newId(): string {
  next ??= seed();
  const [first, after] = draw(next ^ seed());
  const [second, last] = draw(after ^ seed());
  next = last;
  return uuid7(Date.now(), first, second);
}
