/** Chance, injected: SplitMix64, UUIDv7 and full jitter exactly as docs/protocol.md defines them. */

const MASK_64 = (1n << 64n) - 1n;

/** One draw of 64 bits and the seed for the next. */
export function draw(seed: bigint): [value: bigint, next: bigint] {
  const next = (seed + 0x9e3779b97f4a7c15n) & MASK_64;
  let z = next;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK_64;
  return [z ^ (z >> 31n), next];
}

/** A whole number in [0, bound). */
export function jitter(bound: number, value: bigint): number {
  return Number((BigInt(Math.floor(bound)) * (value >> 11n)) >> 53n);
}

/** A UUIDv7 of `wall_ms` and two draws. */
export function uuid7(wall_ms: number, first: bigint, second: bigint): string {
  const stamp = BigInt(Math.max(0, Math.floor(wall_ms))) & ((1n << 48n) - 1n);
  const bits = (stamp << 80n) | (0x7n << 76n) | ((first >> 52n) << 64n) | (0b10n << 62n) | (second >> 2n);
  const hex = bits.toString(16).padStart(32, '0');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
