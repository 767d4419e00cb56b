/** What a slice brings to the app. */
import type { Component } from 'svelte';
import type { OptimisticRules } from '../sync/overlay';
import type { IconName } from '../ui/icons';
import type { Key } from './i18n/catalogue';
import type { Screen } from './routes';

/** An entry of the rail. */
export interface NavEntry {
  path: string;
  icon: IconName;
  /** Its word, as it is here. */
  label: Key | (() => Key);
  /** A count beside the icon; 0 shows none. Read live. */
  count?: () => number;
  /** Whether the person at the tablet finds it in the rail; always where absent. Anybody may open its address. Read live. */
  shown?: () => boolean;
}

export interface Slice {
  name: string;
  screens?: readonly Screen[];
  nav?: readonly NavEntry[];
  /** Drawn on every screen, above it: a notice, a red alert. It decides itself when there is something to draw. */
  everywhere?: Component;
  /** Drawn at the foot of every open dialog, too: what must never be out of reach. It decides itself, as above. */
  in_dialogs?: Component;
  /** What its entries will have done, shown until the server's rows say so themselves. Pure. */
  optimistic?: OptimisticRules;
  /** Runs once, when the app starts; the first screen waits for it. */
  start?: () => void | Promise<void>;
}
