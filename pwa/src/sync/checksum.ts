/** A feed's checksum (docs/protocol.md, live socket), summed in slices so that no screen waits for it. */
import type { SnapshotRow } from './contract.ts';

// About two milliseconds of work at a stretch.
const SLICE = 200;
const MASK_64 = (1n << 64n) - 1n;
/** Each row's part, once it is known; another version of a row is another object. */
const parts = new WeakMap<SnapshotRow, bigint>();

/** The sum over `rows` as 16 hex digits; null as soon as `stands` says that they are no longer what was asked about. */
export async function checksum(rows: Iterable<SnapshotRow>, stands: () => boolean): Promise<string | null> {
  const all = [...rows];
  let total = 0n;
  for (let at = 0; at < all.length; at += SLICE) {
    const slice = all.slice(at, at + SLICE);
    const sums = await Promise.all(slice.map((row) => parts.get(row) ?? partOf(row)));
    for (const sum of sums) total += sum;
    await new Promise((resolve) => setTimeout(resolve));
    if (!stands()) return null;
  }
  return (total & MASK_64).toString(16).padStart(16, '0');
}

async function partOf(row: SnapshotRow): Promise<bigint> {
  const text = new TextEncoder().encode(`${row.type}/${row.id}/${row.version}`);
  const part = new DataView(await crypto.subtle.digest('SHA-256', text)).getBigUint64(0);
  parts.set(row, part);
  return part;
}
