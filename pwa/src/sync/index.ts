/** The tablet's heart as a slice of the app: it starts first, and brings the tray. */
import { screen } from '../app/routes';
import type { Slice } from '../app/slice';
import { startTablet } from './browser';
import NotKept from './NotKept.svelte';
import { ANSWER_RULES } from './optimistic';
import Tray from './Tray.svelte';
import { wireShell } from './wire.svelte';

export const SYNC: Slice = {
  name: 'sync',
  screens: [screen('/sync', Tray, { title: 'sync.tray.title', open: true })],
  everywhere: NotKept,
  optimistic: ANSWER_RULES,
  start: async () => {
    wireShell();
    await startTablet();
  },
};
