/** Every slice of the app, in the order of the rail. Adding one is a folder and a line here. */

import { ALERTS } from '../alerts';
import { BEDS } from '../beds';
import { BOARD } from '../board';
import { STAFF } from '../staff';
import { WARD } from '../stays';
import { SYNC } from '../sync';
import { SHIFT } from '../tasks';
import { VISITS } from '../visits';
import { VITALS } from '../vitals';
import { SETTINGS } from './settings';
import type { Slice } from './slice';

export const SLICES: readonly Slice[] = [
  VISITS,
  SHIFT,
  WARD,
  BEDS,
  ALERTS,
  BOARD,
  VITALS,
  SYNC,
  STAFF,
  SETTINGS,
];
