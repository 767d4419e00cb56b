/** The pairing code of a link, `#pair=CODE`: taken out of the address at once, for it is a secret. */

let code = $state('');

/** The code that the link brought; empty when there was none. */
export function pairingCode(): string {
  return code;
}

/** Reads the address once, at the start. */
export function takePairingCode(): void {
  const found = /^#pair=([\w-]+)$/.exec(location.hash)?.[1];
  if (!found) return;
  code = found;
  history.replaceState(null, '', location.pathname);
}
