import { type Clock, isoTime } from './clock';
import { McError } from './mc-error';
import { liveRows } from './list-rows';
import { listSpeaksOf, removalWrites, rowWrites } from './merge-row';
import type { Doors } from './record';
import { removalsBy } from './removal-check';
import { settle } from './settle';
import { aloneWithList, inBooks } from './site-books';
import { keepContact, siteState } from './site-contact';
import type { RegisteredReader, SiteCredential, SiteList, SitePort } from './site-port';
import type { StorePort, StoreWrite } from './store-port';

/** Rows looked at in one go: a write of this size is far from freezing a door. */
const BATCH = 500;

export interface MergeOptions {
  /** What becomes of a credential that the store does not know. */
  adopt: 'all-doors' | 'no-doors' | 'ignore';
  /** A list that would remove more of the live credentials than this is held. 100: none is. */
  maxRemovalPercent: number;
  /** `held` of the list before this one, or null: what it held is applied when this one says the same. */
  heldRemoval: string | null;
  clock: Clock;
  /** Lets others run between batches: `() => new Promise(setImmediate)`. */
  pause?: () => Promise<void>;
}

export interface Merged {
  /** Changes of status that were written. */
  changes: number;
  /** Open operations that the list settled. */
  settled: number;
  /** Null, or what a held list would remove: give it to the next merge as `heldRemoval`. */
  held: string | null;
  /** SITE_ANSWER_INVALID for a held list, to be raised by the caller; else null. */
  error: McError | null;
}

/**
 * Merges a complete list into the store, durably. Nothing at all of a held list is applied, neither its rows nor what
 * it says of open operations, and `listAsOf` stays: a list that is doubtful in one half is not believed in the other.
 * A list that is older than the one merged last changes nothing.
 */
export function mergeList(site: SitePort, list: SiteList, store: StorePort, options: MergeOptions): Promise<Merged> {
  return aloneWithList(store, site.siteId, () => merge(site.siteId, list, store, options));
}

async function merge(siteId: string, list: SiteList, store: StorePort, options: MergeOptions): Promise<Merged> {
  const { clock, maxRemovalPercent, heldRemoval, pause } = options;
  const { listAsOf } = siteState(store, siteId);
  if (listAsOf !== null && list.startedAt < Date.parse(listAsOf)) return { changes: 0, settled: 0, held: heldRemoval, error: null };

  const removals = await removalsBy(store, siteId, list, pause);
  if (removals.ids.length * 100 > maxRemovalPercent * removals.live && removals.fingerprint !== heldRemoval) {
    const error = new McError('SITE_ANSWER_INVALID', `The list of site ${siteId} would remove ${removals.ids.length} of ${removals.live} live credentials, more than ${maxRemovalPercent} %. It is held, and applied if the next list says the same.`);
    return { changes: 0, settled: 0, held: removals.fingerprint, error };
  }

  const settled = await settle(siteId, list, store, clock);
  const rows = { doorsOfNew: doorsOfNew(options.adopt), initial: listAsOf === null };
  let changes = await inBatches([...liveRows(list).values()], (row: SiteCredential) =>
    rowWrites(store, siteId, list, row, { ...rows, now: clock.now() }));
  changes += await inBatches(removals.ids, (id) => {
    const doc = store.get('credentials', id);
    return doc !== undefined && listSpeaksOf(doc, list) ? removalWrites(doc, clock.now()) : [];
  });
  await inBooks(store, siteId, () =>
    store.write([{ collection: 'sites', put: { ...siteState(store, siteId), listAsOf: isoTime(list.startedAt) } }]));
  return { changes, settled, held: null, error: null };

  /** Reads, changes and keeps batch by batch, so that others come in between. */
  async function inBatches<T>(items: readonly T[], writesOf: (item: T) => StoreWrite[]): Promise<number> {
    let written = 0;
    for (let from = 0; from < items.length; from += BATCH) {
      await inBooks(store, siteId, async () => {
        const writes = items.slice(from, from + BATCH).flatMap(writesOf);
        if (writes.length > 0) await store.write(writes);
        written += writes.filter(({ collection }) => collection === 'changes').length;
      });
      await pause?.();
    }
    return written;
  }
}

/** Keeps the site's registered readers as just received. */
export function mergeReaders(site: SitePort, readers: readonly RegisteredReader[], store: StorePort, clock: Clock): Promise<void> {
  return store.write([{
    collection: 'readers',
    put: { _id: site.siteId, readers: readers.map((reader) => ({ ...reader })), receivedAt: isoTime(clock.now()) },
  }]);
}

/** Notes a login: before the first complete list that is how fresh our knowledge of the site is. */
export function noteContact(site: SitePort, store: StorePort, clock: Clock): Promise<void> {
  return keepContact(store, site.siteId, clock.now());
}

function doorsOfNew(adopt: MergeOptions['adopt']): Doors | null {
  if (adopt === 'ignore') return null;
  return adopt === 'all-doors' ? '*' : [];
}
