/** What the device lets the app do: be installed, and keep what it saved. */

/** Chromium's offer to install; the other engines have none. */
interface InstallOffer extends Event {
  prompt(): Promise<unknown>;
}

let install_offer = $state.raw<InstallOffer | null>(null);
let installed = $state(false);
let persisted = $state<boolean | undefined>(undefined);

/** A browser on the machine that serves the app is a developer's: it never promises, and nobody need be alarmed. */
const AT_HOME = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** `installed`, `offered` (one tap does it) or `by_browser` (the person finds it in a menu). */
export function installState(): 'installed' | 'offered' | 'by_browser' {
  if (installed) return 'installed';
  return install_offer ? 'offered' : 'by_browser';
}

/** Whether the device has promised to keep the app's storage; undefined while unknown. */
export function isStorageKept(): boolean | undefined {
  return persisted;
}

/** Whether somebody should see to it that the device promises. */
export function isStorageUnprotected(): boolean {
  return persisted === false && !AT_HOME.has(location.hostname);
}

/** An iPad keeps what a tab stored for some days only; it keeps what an app on the home screen stored. It calls itself a Mac. */
export function isTabOfIpad(): boolean {
  const ipad = /iPad|iPhone/.test(navigator.userAgent);
  const mac = navigator.userAgent.includes('Macintosh') && navigator.maxTouchPoints > 0;
  return (ipad || mac) && !installed;
}

/** Shows the device's own question. */
export async function install(): Promise<void> {
  await install_offer?.prompt();
  install_offer = null;
}

/** Asks the device to keep the storage; true when it promises. */
export async function keepStorage(): Promise<boolean> {
  persisted = (await navigator.storage?.persist?.()) ?? false;
  return persisted;
}

/** Listens to the device; call it once, before the offer can come. */
export function watchDevice(): void {
  const on_home_screen = (navigator as { standalone?: boolean }).standalone ?? false;
  installed = on_home_screen || matchMedia('(display-mode: standalone)').matches;
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    install_offer = event as InstallOffer;
  });
  addEventListener('appinstalled', () => {
    installed = true;
    void keepStorage();
  });
  void navigator.storage?.persisted?.().then((kept) => {
    persisted = kept;
    // Not every engine tells when it was installed: the first start from the home screen asks.
    if (!kept && installed) void keepStorage();
  });
}
