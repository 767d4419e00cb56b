/** Takes what the core and the rows know to the frame around every screen. */
import { correctClock, now } from '../app/clock.svelte';
import { setTimeZone } from '../app/i18n/moments';
import { currentAddress, go } from '../app/router.svelte';
import { shell } from '../app/shell.svelte';
import { iMay } from '../staff/me.svelte';
import { readOutboxAgain } from './browser';
import { dropHeld } from './outbox';
import { currentSession, thisDevice } from './people.svelte';
import { lock } from './sign_in';
import { row, rows, syncState } from './store.svelte';
import type { Connection } from './summary';
import { heldForHer } from './unit_held';

const OPEN_TO_ALL = ['/settings', '/sync', '/log-in'];

/** Follows from here on; call it once. */
export function wireShell(): void {
  shell.lock = () => {
    lock();
    // A screen that may be seen by anybody would stay; the next person looks for her name.
    if (OPEN_TO_ALL.includes(currentAddress())) go('#/', { replace: true });
  };
  $effect.root(() => {
    $effect(() => {
      const session = currentSession();
      const staff = row('staff', session?.staff_id);
      shell.person = session
        ? { staff_id: session.staff_id, name: staff?.name ?? '', lang: staff?.lang ?? 'en' }
        : null;
    });
    $effect(() => {
      const device = thisDevice();
      const unit = row('unit', device?.unit_id);
      shell.tablet_name = device?.name ?? '';
      shell.unit_name = unit?.name ?? '';
      setTimeZone(unit?.time_zone);
    });
    $effect(() => {
      const { waiting, held, resending, last_sent_at, connection, clock_offset_ms } = syncState();
      const reachable = isReached(connection);
      // Of this tablet's own entries storage knows better than the feed: its tray is counted by `held`.
      const elsewhere = rows('held_entry').filter((one) => one.device_id !== thisDevice()?.device_id);
      const answering = {
        staff_id: shell.person?.staff_id ?? null,
        leads: iMay('lead', thisDevice()?.unit_id),
      };
      const late = answering.leads ? rows('late_set').length : 0;
      const asked = held + heldForHer(elsewhere, answering, new Set()).length + late;
      const trouble = shell.storage !== 'open' ? 'unread' : isTrouble(connection) ? connection : null;
      shell.sync = { waiting, held: asked, resending, sent_at: last_sent_at, reachable, trouble };
      correctClock(clock_offset_ms);
    });
    $effect(() => {
      const session = currentSession();
      if (session && Date.parse(session.expires_at) <= now()) lock();
    });
    $effect(() => {
      const answered = rows('held_entry').filter((held) => held.resolution);
      // Also when the verdict comes after the answer.
      if (syncState().held > 0 && answered.length > 0)
        void forget(answered.map((held) => held.held_entry_id));
    });
  });
}

function isTrouble(connection: Connection): connection is 'refused' | 'outdated' | 'busy' {
  return connection === 'refused' || connection === 'outdated' || connection === 'busy';
}

function isReached(connection: Connection): boolean {
  return connection === 'connected' || connection === 'trying' || connection === 'outdated';
}

/** Entries of the tray that somebody answered elsewhere. */
async function forget(entry_ids: readonly string[]): Promise<void> {
  await Promise.all(entry_ids.map(dropHeld));
  await readOutboxAgain();
}
