/** Packs what is sent, and begins before its ending is known. */

// Below this the gain does not pay for the work.
const WORTH_PACKING_BYTES = 2_000;

/** A body as it is sent: bytes are packed, text is not. */
export type Body = string | ArrayBuffer;

/** Begins to pack at once; the returned function gives the whole with its ending. */
export function packing(beginning: string): (ending: string) => Promise<Body> {
  if (beginning.length < WORTH_PACKING_BYTES || typeof CompressionStream === 'undefined')
    return async (ending) => beginning + ending;
  const encoder = new TextEncoder();
  const { writable, readable } = new CompressionStream('gzip');
  const writer = writable.getWriter();
  const whole = new Response(readable).arrayBuffer();
  void writer.write(encoder.encode(beginning));
  return async (ending) => {
    void writer.write(encoder.encode(ending));
    void writer.close();
    return whole;
  };
}
