import { credentialId, type ChangeDocument, type OperationDocument, type OperationState } from './documents';
import { publicRecord } from './public-record';
import { STATUS_TEXTS, type CredentialRecord, type CredentialStatus, type SiteOperation } from './record';
import type { StorePort } from './store-port';

/** Output 1 of `mc-watch`. `from` null: a new credential. `credential` is the record as it is now. */
export interface ChangeMessage {
  cardId: string;
  userId: string;
  name: string | null;
  from: CredentialStatus | null;
  to: CredentialStatus;
  fromText: string | null;
  toText: string;
  at: string;
  credential: CredentialRecord | null;
}

/** Output 2 of `mc-watch`. */
export interface OperationEvent {
  operation: SiteOperation;
  id: string;
  state: OperationState;
  cardId: string;
  userId: string;
  attempts: number;
  lastError: string | null;
  at: string;
}

export interface ChangeFilter {
  /** Statuses that are reported; empty = all. */
  statuses: readonly CredentialStatus[];
  /** True: also what the site's first complete list brought. */
  initial: boolean;
}

/** The changes of a site after sequence number `seq`, oldest first. */
export function changesSince(store: StorePort, siteId: string, seq: number, filter: ChangeFilter): Readonly<ChangeDocument>[] {
  if (store.lastChange() <= seq) return [];
  const found: Readonly<ChangeDocument>[] = [];
  for (const change of store.all('changes')) {
    if (change.seq <= seq || change.site !== siteId || (change.initial && !filter.initial)) continue;
    if (wanted(filter, change.to)) found.push(change);
  }
  return found.sort((a, b) => a.seq - b.seq);
}

/**
 * What is there now, as changes out of nothing: for a watch that begins with `initial` on a store that others have
 * filled. They carry the store's last sequence number: where that watch's cursor then stands.
 */
export function initialChanges(store: StorePort, siteId: string, filter: Pick<ChangeFilter, 'statuses'>): ChangeDocument[] {
  const seq = store.lastChange();
  const found: ChangeDocument[] = [];
  for (const doc of store.all('credentials')) {
    if (doc.site !== siteId || doc.provisional || !wanted(filter, doc.status)) continue;
    found.push({
      _id: '', seq, site: siteId, cardId: doc.cardId, userId: doc.userId, name: doc.name,
      from: null, to: doc.status, at: doc.updatedAt, initial: true,
    });
  }
  return found.filter(({ to }) => to !== 'deleted');
}

export function changeMessage(change: Readonly<ChangeDocument>, store: StorePort): ChangeMessage {
  const { cardId, userId, name, from, to, at } = change;
  const doc = store.get('credentials', credentialId(change.site, cardId));
  return {
    cardId, userId, name, from, to,
    fromText: from === null ? null : STATUS_TEXTS[from],
    toText: STATUS_TEXTS[to],
    at,
    credential: doc === undefined || doc.userId !== userId ? null : publicRecord(doc, store),
  };
}

export function operationEvent(doc: Readonly<OperationDocument>): OperationEvent {
  const { operation, _id, state, cardId, userId, attempts, lastError, at } = doc;
  return { operation, id: _id, state, cardId, userId, attempts, lastError, at };
}

function wanted({ statuses }: Pick<ChangeFilter, 'statuses'>, status: CredentialStatus): boolean {
  return statuses.length === 0 || statuses.includes(status);
}
