/** The tablet's own settings, as a slice. */
import { watchDevice } from './device.svelte';
import { renewPush } from './push.svelte';
import { screen } from './routes';
import SettingsScreen from './SettingsScreen.svelte';
import type { Slice } from './slice';

export const SETTINGS: Slice = {
  name: 'settings',
  start: () => {
    watchDevice();
    void renewPush();
  },
  screens: [screen('/settings', SettingsScreen, { title: 'settings.title', open: true })],
};
