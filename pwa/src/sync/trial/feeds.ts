/** Frames, pages and chunks of a server, as tests write them down. For tests only. */
import type { Action, Change } from '../contract.ts';
import { Driven, UNIT } from './tablet.ts';

export const change = (seq: number): Change => ({ seq, type: 'task', id: `t${seq}`, version: 1, row: {} });
export const delta = (from: number, to: number, epoch = 'e1') => ({
  frame: 'delta',
  feed: UNIT,
  epoch,
  from,
  to,
  changes: Array.from({ length: to - from + 1 }, (_, i) => change(from + i)),
});
export const page = (seqs: number[], more = {}) => ({
  feed: UNIT,
  epoch: 'e1',
  head: seqs.at(-1) ?? 0,
  more: false,
  changes: seqs.map(change),
  server_at: '2026-11-22T00:00:00.000Z',
  ...more,
});
export const chunk = (place: number, last: boolean, more = {}) => ({
  feed: UNIT,
  epoch: 'e1',
  head: 9,
  chunk: place,
  last,
  rows: [{ type: 'bed', id: `b${place}`, version: 1, row: {} }],
  server_at: '2026-11-22T00:00:00.000Z',
  ...more,
});

export function liveAt(seq: number): Driven {
  const tablet = new Driven();
  tablet.start();
  tablet.live(seq);
  return tablet;
}
export function newTablet(): Driven {
  const tablet = new Driven();
  tablet.start();
  tablet.hear({ event: 'live_gained', cursors: {} });
  tablet.hear({ event: 'socket_opened' });
  return tablet;
}
export const unitPolled = (actions: Action[]) =>
  actions.some((one) => one.action === 'get_changes' && one.feed === UNIT);
export const frame = (tablet: Driven, heard: unknown) => tablet.hear({ event: 'frame', frame: heard });
export const cursor = (tablet: Driven) => [tablet.state.feeds[UNIT]?.epoch, tablet.state.feeds[UNIT]?.seq];
