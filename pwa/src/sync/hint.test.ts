import { describe, expect, test } from 'vitest';
import { anEntry, type Driven, find, ids, waitingTablet } from './trial/tablet.ts';

describe('a hint', () => {
  function unreachable(): Driven {
    const tablet = waitingTablet([anEntry(1)]);
    tablet.state = { ...tablet.state, push: { ...tablet.state.push, attempt: 9 } };
    tablet.gain();
    tablet.answer(0, undefined, { retry_after_s: 50 });
    return tablet;
  }

  test.each(['network_up', 'visible'] as const)('of %s tries soon', (event) => {
    const tablet = unreachable();
    tablet.pass(2_000);
    tablet.hear({ event });
    expect(find(tablet.pass(250), 'take_flush')).toBeDefined();
  });

  test('of a flapping link gives at most two tries a second', () => {
    const tablet = unreachable();
    tablet.hear({ event: 'network_up' });
    expect(find(tablet.pass(499), 'take_flush')).toBeUndefined();
    expect(find(tablet.pass(1), 'take_flush')).toBeDefined();
  });

  test('that the network is gone is not believed', () => {
    const tablet = waitingTablet([]);
    tablet.hear({ event: 'network_down' });
    expect(find(tablet.hear({ event: 'saved', waiting: anEntry(1) }), 'take_flush')).toBeDefined();
  });

  test('by a person tries now', () => {
    expect(find(unreachable().hear({ event: 'asked' }), 'take_flush')).toBeDefined();
  });

  test('from another tab that sent something proves the network', () => {
    const tablet = unreachable();
    const actions = tablet.hear({ event: 'outbox_read', waiting: [anEntry(2)], held: [], last_sent_at: 9 });
    expect(find(actions, 'take_flush')).toBeDefined();
    expect(tablet.state.push.attempt).toBe(0);
  });

  test('from another tab brings what it wrote', () => {
    const tablet = waitingTablet([anEntry(1)]);
    const held = [{ ...anEntry(3), reason: 'invalid', detail: '', local: false }];
    tablet.hear({ event: 'outbox_read', waiting: [anEntry(2)], held, last_sent_at: 9 });
    expect(ids(tablet.state.push.waiting)).toEqual(['e2']);
    expect(tablet.state.push).toMatchObject({ held, last_sent_at: 9 });
  });
});
