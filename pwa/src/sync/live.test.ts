import { expect, test } from 'vitest';
import { summary } from './summary.ts';
import { anEntry, DEVICE, Driven, find, UNIT, verdicts } from './trial/tablet.ts';

const ping = { event: 'frame', frame: { frame: 'ping', at: '2026-11-22T00:00:00Z' } } as const;

function liveTablet(): Driven {
  const tablet = new Driven();
  tablet.start();
  return tablet;
}

test('the tab that holds live opens the socket and greets with its cursors', () => {
  const tablet = liveTablet();
  const gained = tablet.hear({ event: 'live_gained', cursors: { [UNIT]: ['e1', 4], reference: ['e1', 0] } });
  expect(find(gained, 'open_socket')).toBeDefined();
  expect(find(tablet.hear({ event: 'socket_opened' }), 'send')?.frame).toEqual({
    frame: 'hello',
    subscriptions: { reference: ['e1', 0], [UNIT]: ['e1', 4] },
    outbox_depth: 0,
  });
});

test('a ping is answered with its own instant', () => {
  const tablet = liveTablet();
  tablet.live(4);
  expect(find(tablet.hear(ping), 'send')?.frame).toEqual({ frame: 'pong', at: '2026-11-22T00:00:00Z' });
});

test('what has not changed since its last hello is compared with the sums that come in its order', () => {
  const tablet = liveTablet();
  tablet.hear({ event: 'live_gained', cursors: { [UNIT]: ['e1', 4], reference: ['e1', 0] } });
  tablet.hear({ event: 'socket_opened' });
  const same = (hello: number) =>
    tablet
      .hear({ event: 'frame', frame: { frame: 'same', hello, sums: ['0a', '0b'] } })
      .filter(({ action }) => action === 'compare');
  expect(same(2)).toEqual([]);
  expect(same(1)).toEqual([
    { action: 'compare', feed: 'reference', epoch: 'e1', seq: 0, sum: '0a' },
    { action: 'compare', feed: UNIT, epoch: 'e1', seq: 4, sum: '0b' },
  ]);
});

test('a ring is passed on', () => {
  const tablet = liveTablet();
  tablet.live(4);
  const ring = { alert_id: 'a', step_id: 's', staff_id: 'mai', sound: 'red' };
  expect(find(tablet.hear({ event: 'frame', frame: { frame: 'ring', ...ring } }), 'ring')).toEqual({
    action: 'ring',
    ...ring,
  });
});

test('a socket silent for 50 s is given up', () => {
  const tablet = liveTablet();
  tablet.live(4);
  tablet.pass(30_000);
  tablet.hear(ping);
  expect(find(tablet.pass(49_999), 'close_socket')).toBeUndefined();
  expect(find(tablet.pass(1), 'close_socket')).toBeDefined();
  expect(find(tablet.pass(1_000), 'open_socket')).toBeDefined();
});

test('a socket that has not opened after 10 s is given up', () => {
  const tablet = liveTablet();
  tablet.hear({ event: 'live_gained', cursors: {} });
  expect(find(tablet.pass(9_999), 'close_socket')).toBeUndefined();
  expect(find(tablet.pass(1), 'close_socket')).toBeDefined();
});

test('a server that accepts and drops is asked ever more rarely; a frame forgives it', () => {
  const tablet = liveTablet();
  tablet.hear({ event: 'live_gained', cursors: {} });
  for (let times = 1; times <= 4; times++) {
    tablet.hear({ event: 'socket_opened' });
    tablet.hear({ event: 'socket_closed' });
    expect(tablet.state.live.attempt).toBe(times);
    tablet.pass(60_000);
  }
  tablet.hear({ event: 'socket_opened' });
  tablet.hear(ping);
  expect(tablet.state.live.attempt).toBe(0);
});

test('a second word that the socket is closed does not count twice', () => {
  const tablet = liveTablet();
  tablet.live(4);
  tablet.hear({ event: 'socket_closed' });
  tablet.hear({ event: 'socket_closed' });
  expect(tablet.state.live.attempt).toBe(1);
});

test('a hint of the network opens the socket soon, and leaves an open one alone', () => {
  const tablet = liveTablet();
  tablet.live(4);
  tablet.hear({ event: 'network_up' });
  tablet.state = { ...tablet.state, live: { ...tablet.state.live, attempt: 9 } };
  tablet.hear({ event: 'socket_closed' });
  tablet.hear({ event: 'network_up' });
  expect(find(tablet.pass(250), 'open_socket')).toBeDefined();
});

test('an open socket proves the network: what waits is tried soon', () => {
  const tablet = liveTablet();
  tablet.hear({ event: 'saved', waiting: anEntry(1) });
  tablet.gain();
  tablet.answer(0, undefined, { retry_after_s: 60 });
  tablet.pass(2_000);
  tablet.live(4);
  expect(find(tablet.pass(250), 'take_flush')).toBeDefined();
});

test('the tab that loses live closes its socket', () => {
  const tablet = liveTablet();
  tablet.live(4);
  expect(find(tablet.hear({ event: 'live_lost' }), 'close_socket')).toBeDefined();
  expect(tablet.hear({ event: 'live_lost' })).toEqual([]);
});

test('the server is asked what it knows of this tablet at start, every 10 min, and sooner after no answer', () => {
  const tablet = new Driven();
  expect(find(tablet.start(), 'get_device')).toBeDefined();
  const reply = { event: 'device_reply', sent_at: tablet.now } as const;
  tablet.hear({ ...reply, status: 200, body: { ...DEVICE, server_at: '2026-11-22T00:00:00Z' } });
  expect(find(tablet.pass(599_999), 'get_device')).toBeUndefined();
  expect(find(tablet.pass(1), 'get_device')).toBeDefined();
  tablet.hear({ ...reply, status: 200, body: { ...DEVICE, device_id: 'another' } });
  expect(find(tablet.pass(30_000), 'get_device')).toBeDefined();
});

test('the summary never says connected when nothing answers, nor sent when something waits', () => {
  const tablet = liveTablet();
  const words = () => summary(tablet.state, tablet.now);
  expect(words()).toMatchObject({ waiting: 0, connection: 'connected', next_try_at: null });
  tablet.hear({ event: 'live_gained', cursors: {} });
  expect(words().connection).toBe('trying');
  tablet.hear({ event: 'saved', waiting: anEntry(1) });
  tablet.gain();
  expect(words()).toMatchObject({ waiting: 1, sending: true });
  tablet.answer(0, undefined, { retry_after_s: 9 });
  expect(words()).toMatchObject({
    waiting: 1,
    sending: false,
    connection: 'unreachable',
    next_try_at: tablet.now.wall_ms + 9_000,
  });
  tablet.pass(9_000);
  tablet.gain();
  tablet.answer(401, {});
  expect(words().connection).toBe('refused');
  tablet.pass(60_000);
  tablet.gain();
  tablet.hear({ event: 'socket_opened' });
  tablet.answer(503, {});
  expect(words().connection).toBe('busy');
  tablet.pass(60_000);
  tablet.gain();
  tablet.answer(200, verdicts(['e1']));
  expect(words()).toMatchObject({ waiting: 1, sending: true });
  tablet.hear({ event: 'settled' });
  tablet.hear({ event: 'socket_opened' });
  expect(words()).toMatchObject({ waiting: 0, sending: false, connection: 'connected' });
  tablet.hear({ event: 'socket_closed' });
  tablet.hear({ event: 'socket_opened' });
  tablet.hear({ event: 'socket_closed' });
  expect(words().connection).toBe('unreachable');
});
