/** Where the person is: the address in the window's hash, followed live. */
import { addressOf } from './routes';

let address = $state(typeof location === 'undefined' ? '/' : addressOf(location.hash));
let steps_inside = 0;

/** The address on the screen now, such as `/alerts/7`. */
export function currentAddress(): string {
  return address;
}

/** Goes to a link made by `href`; `replace` leaves no way back to where one was. */
export function go(link: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', link);
  else history.pushState(null, '', link);
  if (!replace) steps_inside += 1;
  arrive();
}

/** One step back inside the app; to `otherwise` when the app was opened right here. */
export function goBack(otherwise = '#/'): void {
  if (steps_inside > 0) history.back();
  else go(otherwise, { replace: true });
}

/** Follows the window's address; returns how to stop. */
export function followAddress(): () => void {
  const moved = () => arrive();
  const tapped = (event: Event) => {
    const link = (event.target as Element | null)?.closest?.('a[href^="#/"]');
    if (link) steps_inside += 1;
  };
  addEventListener('hashchange', moved);
  addEventListener('popstate', moved);
  document.addEventListener('click', tapped);
  arrive();
  return () => {
    removeEventListener('hashchange', moved);
    removeEventListener('popstate', moved);
    document.removeEventListener('click', tapped);
  };
}

function arrive(): void {
  address = addressOf(location.hash);
}
