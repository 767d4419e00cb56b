/** Every slice of the app, in the order of the rail. Adding one is a folder and a line here. */

import { STAFF } from '../staff';
import { SYNC } from '../sync';
import { SETTINGS } from './settings';
import type { Slice } from './slice';

export const SLICES: readonly Slice[] = [SYNC, STAFF, SETTINGS];
