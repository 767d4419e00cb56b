/** The one place through which rows go to storage and come back: plain for now, sealed when "Trust" lands. */

/** Bytes for storage. Called before a transaction opens, for sealing will take its time. */
export async function encode(value: unknown): Promise<Uint8Array<ArrayBuffer>> {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** What `encode` was given. */
export async function decode(bytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(bytes));
}
