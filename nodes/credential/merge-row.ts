import { isoTime } from './clock';
import { credentialId, type CredentialDocument } from './documents';
import { liveRows } from './list-rows';
import { STATUS_TEXTS, type Doors } from './record';
import type { SiteCredential, SiteList } from './site-port';
import { changeWrite, statusTold, withStatus } from './status-change';
import type { StorePort, StoreWrite } from './store-port';

export interface MergeRow {
  now: number;
  /** Doors of a credential that the store does not know; null: such a one is left out. */
  doorsOfNew: Doors | null;
  /** True for a site's first complete list. */
  initial: boolean;
}

/**
 * The writes that bring one live row of a complete list into the store: none where nothing differs, and none where a
 * list says nothing (an operation is open, or the record was touched here after the list began). Local doors and
 * blocks stay; a detail that the row leaves open (null) stays as it is known here.
 */
export function rowWrites(
  store: StorePort, siteId: string, list: SiteList, row: SiteCredential, { now, doorsOfNew, initial }: MergeRow,
): StoreWrite[] {
  const doc = store.get('credentials', credentialId(siteId, row.cardId));
  if (doc === undefined) return doorsOfNew === null ? [] : added(newRecord(siteId, row, doorsOfNew, now), null, now, initial);
  if (!listSpeaksOf(doc, list)) return [];
  if (doc.userId !== row.userId) {
    // The number went to another person: for the doors that is another credential, with no rights taken over.
    if (doorsOfNew === null) return removalWrites(doc, now);
    return [...removalWrites(doc, now).slice(1), ...added(newRecord(siteId, row, doorsOfNew, now), null, now, initial)];
  }
  // A replaced card that the site still lists beside its successor stays replaced.
  if (doc.supersededBy !== null && liveRows(list).has(doc.supersededBy)) return [];
  const next = updated(doc, row, now);
  if (next === doc) return [];
  const writes: StoreWrite[] = [{ collection: 'credentials', put: next }];
  if (next.status !== doc.status) writes.push(changeWrite(next, doc.status, next.status, now), statusTold(next, doc.status, next.status, now));
  return writes;
}

/** True where a list may change a record: no operation is open on it and nothing was done here since it began. */
export function listSpeaksOf(doc: Readonly<CredentialDocument>, list: SiteList): boolean {
  return !doc.provisional && doc.pending.every(({ operation }) => operation === 'block' || operation === 'unblock') && doc.touchedAt < list.startedAt;
}

/** The writes for a record that a complete list misses, or that somebody else's takes the place of. */
export function removalWrites(doc: Readonly<CredentialDocument>, now: number): StoreWrite[] {
  if (doc.status === 'deleted') return [];
  return [{ collection: 'credentials', put: withStatus(doc, 'deleted', now) }, changeWrite(doc, doc.status, 'deleted', now), statusTold(doc, doc.status, 'deleted', now)];
}

function added(doc: CredentialDocument, from: null, now: number, initial: boolean): StoreWrite[] {
  const writes: StoreWrite[] = [{ collection: 'credentials', put: doc }, changeWrite(doc, from, doc.status, now, initial)];
  // A site's first list is what was there already, perhaps a hundred thousand of them.
  return initial ? writes : [...writes, statusTold(doc, from, doc.status, now)];
}

function updated(doc: Readonly<CredentialDocument>, row: SiteCredential, now: number): Readonly<CredentialDocument> {
  const next: CredentialDocument = { ...doc };
  let differs = false;
  for (const detail of ['name', 'email', 'phone', 'department', 'title', 'validFrom', 'validTo'] as const) {
    const value = row[detail];
    if (value === null || value === doc[detail]) continue;
    next[detail] = value;
    differs = true;
  }
  const status = row.status ?? (doc.status === 'deleted' ? 'before-activation' : doc.status);
  if (status !== doc.status) return { ...withStatus(next, status, now), supersededBy: null };
  return differs ? { ...next, updatedAt: isoTime(now) } : doc;
}

/** When it was issued and activated, nobody here was watching. */
function newRecord(siteId: string, row: SiteCredential, doors: Doors, now: number): CredentialDocument {
  const { cardId, userId, name, email, phone, department, title, validFrom, validTo } = row;
  const status = row.status ?? 'before-activation';
  return {
    _id: credentialId(siteId, cardId),
    cardId, userId, name, email, phone, department, title,
    status, statusText: STATUS_TEXTS[status],
    blacklisted: null,
    validFrom, validTo, doors,
    site: siteId,
    replaces: null, issuedAt: null, activatedAt: null, updatedAt: isoTime(now),
    pending: [],
    supersededBy: null, provisional: false, touchedAt: 0,
  };
}
