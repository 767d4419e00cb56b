/** Home visits, as a slice of the app. */
import type { Slice } from '../app/slice';

export const VISITS: Slice = { name: 'visits' };
