/** Whether the board names patients: a setting of this tablet, remembered on it. The wall never does. */

const REMEMBERED = 'wardlight.board_names';

let hidden = $state(typeof localStorage !== 'undefined' && localStorage.getItem(REMEMBERED) === 'hidden');

export function namesAreHidden(): boolean {
  return hidden;
}

export function hideNames(hide: boolean): void {
  hidden = hide;
  localStorage.setItem(REMEMBERED, hide ? 'hidden' : 'shown');
}
