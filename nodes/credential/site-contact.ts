import { isoTime } from './clock';
import type { SiteStateDocument } from './documents';
import { isMcError } from './mc-error';
import { inBooks } from './site-books';
import type { StorePort } from './store-port';

/** A contact is noted once in this time: it is only looked at while there is no list yet. */
const STALE_MS = 60_000;

export function siteState(store: StorePort, siteId: string): Readonly<SiteStateDocument> {
  return store.get('sites', siteId) ?? { _id: siteId, listAsOf: null, contactAsOf: null };
}

/** Notes a login or an issue: until the first complete list that is how fresh our knowledge of the site is. */
export function keepContact(store: StorePort, siteId: string, now: number): Promise<void> {
  return inBooks(store, siteId, () =>
    store.write([{ collection: 'sites', put: { ...siteState(store, siteId), contactAsOf: isoTime(now) } }]));
}

/** As `keepContact`, after an issue that is already kept: a store that cannot note it changes nothing about that. */
export async function noteContactIfStale(store: StorePort, siteId: string, now: number): Promise<void> {
  const { contactAsOf } = siteState(store, siteId);
  if (contactAsOf !== null && now - Date.parse(contactAsOf) < STALE_MS) return;
  try {
    await keepContact(store, siteId, now);
  } catch (error) {
    if (!isMcError(error)) throw error;
  }
}
