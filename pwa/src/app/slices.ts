/** Every slice of the app, in the order of the rail. Adding one is a folder and a line here. */
import { SETTINGS } from './settings';
import type { Slice } from './slice';

export const SLICES: readonly Slice[] = [SETTINGS];
