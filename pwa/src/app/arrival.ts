/** What happens to focus and scroll when another screen opens. */

const depths = new Map<string, number>();

/** Notes how far down the screen at an address is read, so that coming back finds the same row. */
export function noteDepth(address: string, content: Element): void {
  depths.set(address, content.scrollTop);
}

/** Moves focus and scroll to the screen at an address: a screen reader starts anew, an eye where it was. */
export function arriveAt(address: string): void {
  const content = document.getElementById('content');
  content?.focus({ preventScroll: true });
  content?.scrollTo(0, depths.get(address) ?? 0);
}
