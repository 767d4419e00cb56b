/** The one place through which rows go to storage and come back: plain for now, sealed when "Trust" lands. */

const SUM_BYTES = 8;

/** Bytes for storage, with their sum before them. Called before a transaction opens, for it takes its time. */
export async function encode(value: unknown): Promise<Uint8Array<ArrayBuffer>> {
  const text = new TextEncoder().encode(JSON.stringify(value));
  const bytes = new Uint8Array(SUM_BYTES + text.length);
  bytes.set(await sumOf(text));
  bytes.set(text, SUM_BYTES);
  return bytes;
}

/** What `encode` was given; rejects when a bit of it is another by now. */
export async function decode(bytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
  const text = bytes.subarray(SUM_BYTES);
  const sum = await sumOf(text);
  if (sum.some((byte, place) => byte !== bytes[place])) throw new Error('A page in storage is damaged.');
  return JSON.parse(new TextDecoder().decode(text));
}

async function sumOf(text: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', text), 0, SUM_BYTES);
}
