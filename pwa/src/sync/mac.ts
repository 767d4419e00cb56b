/** The author's proof on an entry (docs/protocol.md): HMAC-SHA-256 by a key that the browser keeps to itself. */

/** What an entry is when it is sealed; `body` is its JSON text, fixed from here on. */
export type Unsealed = {
  entry_id: string;
  device_id: string;
  n: number;
  type: string;
  v: number;
  session_id: string;
  recorded_at: string;
  depends_on: readonly string[];
  body: string;
};

const MAC_BYTES = 16;

/** The session key as a key that can sign and can not be read again. */
export function importKey(session_key: string): Promise<CryptoKey> {
  const raw = Uint8Array.from(atob(session_key.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
    letter.charCodeAt(0),
  );
  return crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
}

/** The first 16 bytes of the HMAC, base64url without padding. */
export async function macOf(key: CryptoKey, entry: Unsealed): Promise<string> {
  const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(signedText(entry)));
  const bytes = new Uint8Array(signature).subarray(0, MAC_BYTES);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function signedText(entry: Unsealed): string {
  return [
    entry.entry_id,
    entry.device_id,
    entry.n,
    entry.type,
    entry.v,
    entry.session_id,
    entry.recorded_at,
    entry.depends_on.join(','),
    entry.body,
  ].join('\n');
}
