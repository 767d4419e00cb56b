/** PouchDB doing the tablet's work, in a page of its own server (docs/performance.md). */
const BATCH = 1000;
const remote = (name) => new PouchDB(`${location.origin}/db/${name}`);
const local = (name, adapter) => new PouchDB(`${name}-${adapter}`, { adapter, auto_compaction: false });

/** Keeps documents on this tablet, as charting without a network has left them. */
async function fill(name, adapter, documents) {
  const database = local(name, adapter);
  for (let at = 0; at < documents.length; at += BATCH) {
    const replies = await database.bulkDocs(documents.slice(at, at + BATCH));
    if (replies.some((reply) => reply.error)) throw new Error(JSON.stringify(replies.find((one) => one.error)));
  }
}

/** Sends what the server does not have; ms until it has all. */
async function drain(name, adapter) {
  const database = local(name, adapter);
  await database.info();
  const begun = performance.now();
  const { docs_written } = await database.replicate.to(remote(`${name}-${adapter}`), { batch_size: BATCH });
  return { ms: performance.now() - begun, written: docs_written };
}

/** Reads a database for the first time; ms until all is in storage. */
async function firstSync(name, adapter) {
  const database = local(name, adapter);
  await database.info();
  const begun = performance.now();
  const { docs_written } = await database.replicate.from(remote(name), { batch_size: BATCH });
  return { ms: performance.now() - begun, written: docs_written };
}

Object.assign(globalThis, { bench: { fill, drain, firstSync } });
