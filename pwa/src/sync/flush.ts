/** What the service worker calls when the network returns: one pass over the outbox, in the place of a tab. */

/** Posts what waits in the outbox, once; rejects when something must be tried again. */
export async function flush(): Promise<void> {}
