/** Where the page starts. */
import '../ui/tokens.css';
import '../ui/base.css';
import { mount } from 'svelte';
import { startServiceWorker } from '../sw/register.svelte';
import { store } from '../sync/store.svelte';
import App from './App.svelte';
import { startClock } from './clock.svelte';
import { startLanguage } from './i18n/index.svelte';
import { followAddress } from './router.svelte';
import { SLICES } from './slices';

followAddress();
for (const slice of SLICES) if (slice.optimistic) store.overlay.learn(slice.optimistic);
startClock();
const target = document.getElementById('app');
// The catalogue comes first, so that no screen is drawn twice; when it can not be read, English stands in.
startLanguage()
  .catch(reportError)
  // A slice that can not start must not keep the others from the screen.
  .then(() => Promise.all(SLICES.map((slice) => Promise.resolve(slice.start?.()).catch(reportError))))
  .finally(() => {
    if (target) mount(App, { target });
    if (import.meta.env.PROD) void startServiceWorker();
  });
