/** The tablet's heart as a slice of the app: it starts first, and brings the tray. */
import { screen } from '../app/routes';
import { shell } from '../app/shell.svelte';
import type { Slice } from '../app/slice';
import { startTablet } from './browser';
import NotKept from './NotKept.svelte';
import NotKeptWords from './NotKeptWords.svelte';
import { ANSWER_RULES } from './optimistic';
import { whenBlocked } from './storage';
import Tray from './Tray.svelte';
import { wireShell } from './wire.svelte';

export const SYNC: Slice = {
  name: 'sync',
  screens: [screen('/sync', Tray, { title: 'sync.tray.title', open: true })],
  everywhere: NotKept,
  in_dialogs: NotKeptWords,
  optimistic: ANSWER_RULES,
  start: async () => {
    wireShell();
    const started = startTablet().then(
      () => {
        shell.storage = 'open';
      },
      (error: unknown) => {
        shell.storage = 'refused';
        throw error;
      },
    );
    // The screen must come and say so: the tablet goes on by itself once the other tab lets go.
    const blocked = new Promise<void>((resolve) =>
      whenBlocked(() => {
        shell.storage = 'blocked';
        resolve();
      }),
    );
    await Promise.race([started, blocked]);
  },
};
