/** The head nurse's board and its wall display, as a slice of the app. */
import { screen } from '../app/routes';
import type { Slice } from '../app/slice';
import { iMay } from '../staff/me.svelte';
import { thisDevice } from '../sync/people.svelte';
import { isHomeTeam } from '../visits/here.svelte';
import Board from './Board.svelte';
import Wall from './Wall.svelte';

export const BOARD: Slice = {
  name: 'board',
  screens: [
    screen('/board', Board, { title: 'board.title', frame: 'bare' }),
    screen('/wall', Wall, { title: 'board.wall', frame: 'bare', open: true }),
  ],
  nav: [
    {
      ...{ path: '/board', icon: 'board', label: 'board.title' },
      // A home-care team has its coordinator's day instead.
      shown: () => !isHomeTeam() && iMay('lead', thisDevice()?.unit_id),
    },
  ],
};
