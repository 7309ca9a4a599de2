import { isoTime } from './clock';
import { credentialId, type CredentialDocument, type OperationDocument } from './documents';
import type { CredentialStatus } from './record';
import { changeWrite, withStatus } from './status-change';
import type { StorePort, StoreWrite } from './store-port';

/** What is known of an operation that was carried out. `owed`: found in a list, who asked was not told. */
export interface CarriedOut {
  /** The status that the site gave, or null where it gave none. */
  status: CredentialStatus | null;
  owed: boolean;
}

/** The writes that make an operation `confirmed`: the record as the site now has it, and its changes. */
export function confirmedWrites(
  store: StorePort, operation: Readonly<OperationDocument>, now: number, { status, owed }: CarriedOut,
): StoreWrite[] {
  const closed: OperationDocument = { ...operation, state: 'confirmed', lastError: null, at: isoTime(now) };
  delete closed.person;
  if (owed) closed.owed = true;
  return [{ collection: 'operations', put: closed }, ...recordWrites(store, operation, now, status)];
}

/** The writes that make an operation `rejected`: nothing was done, the record is what it was before. */
export function rejectedWrites(
  store: StorePort, operation: Readonly<OperationDocument>, now: number, lastError: string,
): StoreWrite[] {
  const writes: StoreWrite[] = [{ collection: 'operations', put: { ...operation, state: 'rejected', lastError, at: isoTime(now) } }];
  for (const doc of concerned(store, operation)) {
    if (doc.provisional) writes.push({ collection: 'credentials', remove: doc._id });
    else writes.push({ collection: 'credentials', put: { ...withoutPending(doc, operation), updatedAt: isoTime(now) } });
  }
  return writes;
}

/** The writes that leave an operation open as `unknown`, visible on the record. */
export function unknownWrites(
  store: StorePort, operation: Readonly<OperationDocument>, now: number, lastError: string,
): StoreWrite[] {
  const writes: StoreWrite[] = [{ collection: 'operations', put: { ...operation, state: 'unknown', lastError, at: isoTime(now) } }];
  for (const doc of concerned(store, operation)) {
    const pending = doc.pending.map((entry) => (entry.id === operation._id ? { ...entry, attempts: operation.attempts, lastError } : entry));
    writes.push({ collection: 'credentials', put: { ...doc, pending, touchedAt: now } });
  }
  return writes;
}

function recordWrites(
  store: StorePort, operation: Readonly<OperationDocument>, now: number, status: CredentialStatus | null,
): StoreWrite[] {
  const doc = store.get('credentials', credentialId(operation.site, operation.cardId));
  const writes: StoreWrite[] = [];
  if (operation.operation === 'reissue' && operation.formerCardId !== null) {
    const former = store.get('credentials', credentialId(operation.site, operation.formerCardId));
    if (former !== undefined) {
      const ended = { ...withStatus(withoutPending(former, operation), 'deleted', now), supersededBy: operation.cardId, touchedAt: now };
      writes.push({ collection: 'credentials', put: ended });
      if (former.status !== 'deleted') writes.push(changeWrite(former, former.status, 'deleted', now));
    }
  }
  if (doc === undefined) return writes;
  const to = status ?? naturalStatus(operation, doc);
  const next: CredentialDocument = { ...withStatus(withoutPending(doc, operation), to, now), touchedAt: now };
  if (doc.provisional) {
    next.provisional = false;
    next.issuedAt = isoTime(now);
    writes.push({ collection: 'credentials', put: next }, changeWrite(next, null, to, now));
  } else {
    writes.push({ collection: 'credentials', put: next });
    if (doc.status !== to) writes.push(changeWrite(next, doc.status, to, now));
  }
  return writes;
}

/** What an operation leads to where the site's answer does not say. */
function naturalStatus({ operation }: Readonly<OperationDocument>, doc: Readonly<CredentialDocument>): CredentialStatus {
  switch (operation) {
    case 'issue':
    case 'reissue': return 'before-activation';
    case 'suspend': return 'paused';
    case 'resume': return doc.activatedAt === null ? 'before-activation' : 'activated';
    case 'delete': return 'deleted';
    default: return doc.status;
  }
}

/** The records that carry an operation's mark. */
function concerned(store: StorePort, operation: Readonly<OperationDocument>): Readonly<CredentialDocument>[] {
  return [operation.cardId, operation.formerCardId]
    .filter((cardId) => cardId !== null)
    .map((cardId) => store.get('credentials', credentialId(operation.site, cardId)))
    .filter((doc) => doc?.pending.some(({ id }) => id === operation._id) === true) as Readonly<CredentialDocument>[];
}

function withoutPending(doc: Readonly<CredentialDocument>, operation: Readonly<OperationDocument>): CredentialDocument {
  return { ...doc, pending: doc.pending.filter(({ id }) => id !== operation._id) };
}
