/** Beds and their states, as a slice of the app. */
import type { Slice } from '../app/slice';
import { BED_RULES } from './optimistic';

export const BEDS: Slice = { name: 'beds', optimistic: BED_RULES };
