/** What the frame around every screen shows. The wiring of store and sync core writes it; the frame only reads. */

/** The person who holds the tablet. */
export interface Person {
  staff_id: string;
  name: string;
  /** The language of the name's letters. */
  lang: string;
}

/** How this tablet stands with the server. */
export interface SyncStanding {
  /** Entries on this tablet that the server has not answered. */
  waiting: number;
  /** Entries that only a person can answer. */
  held: number;
  /** Entries that the server had and lost: they are being sent again. */
  resending: number;
  /** When the outbox was last known to be empty or shrinking; null: not yet in this life. */
  sent_at: number | null;
  /** Whether the server took what it was sent at the last try. */
  reachable: boolean;
  /** What comes before all else: storage was not read, so that nothing is known; the server does not know this tablet, no
   * longer serves so old an app, or is busy. */
  trouble: 'unread' | 'refused' | 'outdated' | 'busy' | null;
}

/** Replace the fields, never the object: the frame reads them live. */
export const shell = $state({
  unit_name: '',
  tablet_name: '',
  person: null as Person | null,
  /** Whether the device keeps what the app gives it: `blocked` by an older tab, or `refused` altogether. */
  storage: 'opening' as 'opening' | 'open' | 'blocked' | 'refused',
  sync: {
    waiting: 0,
    held: 0,
    resending: 0,
    sent_at: null,
    reachable: true,
    trouble: 'unread',
  } as SyncStanding,
  /** Ends the person's turn at this tablet; nothing open is lost. */
  lock: () => {},
});
