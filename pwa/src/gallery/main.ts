/** The gallery of parts: for our eyes and tests, never shipped. `?night`, `?undo`, `?page=parts|states|fields|log-in|frame` choose what it shows. */
import '../ui/tokens.css';
import '../ui/base.css';
import { mount } from 'svelte';
import { startLanguage } from '../app/i18n/index.svelte';
import { setTheme } from '../app/theme.svelte';
import Gallery from './Gallery.svelte';

const wish = new URLSearchParams(location.search);
setTheme(wish.has('night') ? 'night' : 'day');
const target = document.getElementById('app');
startLanguage()
  .catch(reportError)
  .finally(() => {
    if (target) mount(Gallery, { target, props: { page: wish.get('page') ?? 'parts' } });
  });
