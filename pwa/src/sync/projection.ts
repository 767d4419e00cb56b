/** The server's rows in storage: pages that are only ever read whole. It may be dropped at any time; the outbox never is. */
import type { DBSchema } from 'idb';
import { decode, encode } from './codec.ts';
import type { Change, Cursor, SnapshotRow } from './contract.ts';
import { applyChanges, type Rows, rowKey, takesAway } from './replica.ts';
import { Storage } from './storage.ts';

/** A page is rows as a snapshot has them, or changes to be applied to the pages before it. */
type Content = { rows: readonly SnapshotRow[] } | { changes: readonly Change[] };
type Page = {
  feed: string;
  page_no: number;
  min_at: string | null;
  max_at: string | null;
  bytes: Uint8Array<ArrayBuffer>;
};
type FeedPages = { epoch: string; seq: number; page_no: number; tail: Change[]; changes: number };
/** A feed's cursor and rows as they are in memory, taken in one moment. */
type Current = () => { cursor: Cursor; rows: Rows };

interface Projection extends DBSchema {
  pages: { key: [string, number]; value: Page };
  cursors: { key: string; value: { feed: string; epoch: string; seq: number } };
}

const ROWS_A_PAGE = 500;
const CHANGES_A_PAGE = 100;
// Below this many changes a rewrite is not worth its while.
const REWRITE_AFTER = 1_000;

// A page has its sum since 2. Another version is not read: the rows are fetched again.
const storage = new Storage<Projection>('wardlight-projection', 2, (database) => {
  for (const name of database.objectStoreNames) database.deleteObjectStore(name);
  database.createObjectStore('pages', { keyPath: ['feed', 'page_no'] });
  database.createObjectStore('cursors', { keyPath: 'feed' });
});

const known = new Map<string, FeedPages>();

/** Every feed with its cursor and rows. One with a damaged page is taken off this tablet, so that the server is asked for it again. */
export async function readProjection(): Promise<Map<string, { cursor: Cursor; rows: Rows }>> {
  const [pages, cursors] = await storage.run(async (database) => {
    const reading = database.transaction(['pages', 'cursors']);
    return Promise.all([reading.objectStore('pages').getAll(), reading.objectStore('cursors').getAll()]);
  });
  const feeds = new Map<string, { cursor: Cursor; rows: Rows }>();
  known.clear();
  for (const { feed, epoch, seq } of cursors) {
    feeds.set(feed, { cursor: [epoch, seq], rows: new Map() });
    known.set(feed, { epoch, seq, page_no: 0, tail: [], changes: 0 });
  }
  for (const page of pages) {
    const rows = feeds.get(page.feed)?.rows;
    const place = known.get(page.feed);
    if (!rows || !place) continue;
    const content = await contentOf(page);
    if (!content) {
      feeds.delete(page.feed);
      await forgetFeed(page.feed);
      continue;
    }
    if ('rows' in content) for (const row of content.rows) rows.set(rowKey(row.type, row.id), row);
    else applyChanges(rows, content.changes);
    // A new page begins after the last one; the tail of an earlier start is not written to again.
    place.page_no = page.page_no + 1;
    place.changes += 'changes' in content ? content.changes.length : 0;
  }
  return feeds;
}

/** Keeps changes and the cursor after them in one transaction; pages are written anew when there are too many. */
export async function keepChanges(
  feed: string,
  cursor: Cursor,
  changes: readonly Change[],
  current: Current,
): Promise<void> {
  const place = known.get(feed);
  // A write before this one has rewritten all, these changes included.
  if (place?.epoch === cursor[0] && place.seq >= cursor[1]) return;
  const many = place && place.changes + changes.length > Math.max(REWRITE_AFTER, current().rows.size);
  // A patient who left must leave the storage too. Without a place an earlier write has failed.
  if (!place || many || takesAway(changes)) {
    const { cursor: at, rows } = current();
    return keepRows(feed, at, [...rows.values()]);
  }
  const tail = [...place.tail, ...changes];
  const page = await seal(feed, place.page_no, { changes: tail });
  try {
    await write(feed, cursor, [page], place);
  } catch {
    const { cursor: at, rows } = current();
    return keepRows(feed, at, [...rows.values()]);
  }
  const full = tail.length >= CHANGES_A_PAGE;
  known.set(feed, {
    epoch: cursor[0],
    seq: cursor[1],
    page_no: place.page_no + (full ? 1 : 0),
    tail: full ? [] : tail,
    changes: place.changes + changes.length,
  });
}

/** Replaces all pages of a feed, and its cursor, in one transaction. */
export async function keepRows(feed: string, cursor: Cursor, rows: readonly SnapshotRow[]): Promise<void> {
  const pages: Page[] = [];
  for (let at = 0; at < rows.length; at += ROWS_A_PAGE)
    pages.push(await seal(feed, pages.length, { rows: rows.slice(at, at + ROWS_A_PAGE) }));
  await write(feed, cursor, pages, null);
  known.set(feed, { epoch: cursor[0], seq: cursor[1], page_no: pages.length, tail: [], changes: 0 });
}

/** Takes a feed off this tablet. */
export async function forgetFeed(feed: string): Promise<void> {
  await storage.run(async (database) => {
    const writing = database.transaction(['pages', 'cursors'], 'readwrite');
    await Promise.all([
      writing.objectStore('pages').delete(allOf(feed)),
      writing.objectStore('cursors').delete(feed),
      writing.done,
    ]);
  });
  known.delete(feed);
}

/** Gives up all rows, for what has not been sent needs their room. They are in memory still, and with the server. */
export async function dropProjection(): Promise<void> {
  known.clear();
  await storage.run(async (database) => {
    const writing = database.transaction(['pages', 'cursors'], 'readwrite');
    await Promise.all([
      writing.objectStore('pages').clear(),
      writing.objectStore('cursors').clear(),
      writing.done,
    ]);
  });
}

/**
 * One transaction; `after`: the place at which the pages join on, null when they replace all. When it fails, what is stored is as it
 * was, and the next write is of all pages.
 */
async function write(
  feed: string,
  cursor: Cursor,
  pages: readonly Page[],
  after: FeedPages | null,
): Promise<void> {
  known.delete(feed);
  await storage.run(async (database) => {
    const writing = database.transaction(['pages', 'cursors'], 'readwrite');
    const store = writing.objectStore('pages');
    if (after) await joins(writing.objectStore('cursors').get(feed), after);
    await Promise.all([
      ...(after ? [] : [store.delete(allOf(feed))]),
      ...pages.map((page) => store.put(page)),
      writing.objectStore('cursors').put({ feed, epoch: cursor[0], seq: cursor[1] }),
      writing.done,
    ]);
  });
}

/** Another tab may have given the rows up, or written others: changes alone would then be a feed with a hole. */
async function joins(
  cursor: Promise<{ epoch: string; seq: number } | undefined>,
  after: FeedPages,
): Promise<void> {
  const at = await cursor;
  if (at?.epoch !== after.epoch || at.seq !== after.seq) throw new Error('Another tab wrote these rows.');
}

async function contentOf(page: Page): Promise<Content | null> {
  try {
    return (await decode(page.bytes)) as Content;
  } catch (error) {
    reportError(error);
    return null;
  }
}

function allOf(feed: string): IDBKeyRange {
  return IDBKeyRange.bound([feed, 0], [feed, Number.MAX_SAFE_INTEGER]);
}

async function seal(feed: string, page_no: number, content: Content): Promise<Page> {
  const rows = 'rows' in content ? content.rows : content.changes;
  const instants = rows.flatMap(({ row }) => {
    const at = typeof row === 'object' && row !== null && 'observed_at' in row ? row.observed_at : null;
    return typeof at === 'string' ? [at] : [];
  });
  instants.sort();
  const [min_at = null, max_at = null] = [instants[0], instants.at(-1)];
  return { feed, page_no, min_at, max_at, bytes: await encode(content) };
}
