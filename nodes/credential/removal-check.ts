import type { CredentialDocument } from './documents';
import { liveRows } from './list-rows';
import { listSpeaksOf } from './merge-row';
import type { SiteList } from './site-port';
import type { StorePort } from './store-port';

export interface Removals {
  /** `_id`s of the records that the list misses and may end. */
  ids: string[];
  /** Live credentials of the site in the store. */
  live: number;
  /** The same for the same set of removals, in any order. */
  fingerprint: string;
}

/** What a complete list would remove from the store. */
export async function removalsBy(
  store: StorePort, siteId: string, list: SiteList, pause?: () => Promise<void>,
): Promise<Removals> {
  const rows = liveRows(list);
  const ids: string[] = [];
  let [live, seen, sum] = [0, 0, 0];
  // A copy, because others write while this pauses.
  for (const doc of [...store.all('credentials')]) {
    if (++seen % 5000 === 0) await pause?.();
    if (doc.site !== siteId || doc.provisional || doc.status === 'deleted') continue;
    live += 1;
    if (rows.has(doc.cardId) || !listSpeaksOf(doc, list)) continue;
    ids.push(doc._id);
    sum = (sum + hash(doc)) % Number.MAX_SAFE_INTEGER;
  }
  return { ids, live, fingerprint: `${ids.length}-${sum.toString(36)}` };
}

/** FNV-1a over the record's ID, twice with different starts, as one number of 52 bits. */
function hash({ _id }: Readonly<CredentialDocument>): number {
  let [low, high] = [0x811c9dc5, 0x2f0b4c47];
  for (let index = 0; index < _id.length; index += 1) {
    const code = _id.charCodeAt(index);
    low = Math.imul(low ^ code, 0x01000193) >>> 0;
    high = Math.imul(high ^ code, 0x01000193) >>> 0;
  }
  return (high & 0xfffff) * 0x1_0000_0000 + low;
}
