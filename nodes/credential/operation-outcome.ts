import { isoTime } from './clock';
import { credentialId, type CredentialDocument, type OperationDocument } from './documents';
import { type OperationActor, operationTold } from './operation-audit';
import type { CredentialStatus } from './record';
import { changeWrite, withStatus } from './status-change';
import type { StorePort, StoreWrite } from './store-port';

/** What is known of an operation that was carried out. `owed`: found in a list, who asked was not told. */
export interface CarriedOut {
  /** The status that the site gave, or null where it gave none. */
  status: CredentialStatus | null;
  owed: boolean;
  by: OperationActor;
}

/** The writes that make an operation `confirmed`: the record as the site now has it, and its changes. */
export function confirmedWrites(
  store: StorePort, operation: Readonly<OperationDocument>, now: number, { status, owed, by }: CarriedOut,
): StoreWrite[] {
  const closed: OperationDocument = { ...operation, state: 'confirmed', lastError: null, at: isoTime(now) };
  delete closed.person;
  delete closed.notDone;
  if (owed) closed.owed = true;
  return [{ collection: 'operations', put: closed }, operationTold(closed, by), ...recordWrites(store, operation, now, status)];
}

/** The writes that make an operation `rejected`: nothing was done, the record is what it was before. */
export function rejectedWrites(
  store: StorePort, operation: Readonly<OperationDocument>, now: number, lastError: string, by: OperationActor,
): StoreWrite[] {
  const closed: OperationDocument = { ...operation, state: 'rejected', lastError, at: isoTime(now) };
  delete closed.notDone;
  const writes: StoreWrite[] = [{ collection: 'operations', put: closed }, operationTold(closed, by)];
  for (const doc of concerned(store, operation)) {
    if (doc.provisional) writes.push({ collection: 'credentials', remove: doc._id });
    else writes.push({ collection: 'credentials', put: { ...withoutPending(doc, operation), updatedAt: isoTime(now) } });
  }
  return writes;
}

/** What is said of an operation that stays open. `notDone`: see OperationDocument. */
export interface LeftOpen {
  state: 'unknown' | 'waiting';
  lastError: string;
  by: OperationActor;
  notDone?: boolean;
}

/** The writes that leave an operation open, as `unknown` or `waiting` for a person, visible on the record. */
export function openWrites(
  store: StorePort, operation: Readonly<OperationDocument>, now: number, { state, lastError, by, notDone = false }: LeftOpen,
): StoreWrite[] {
  const open: OperationDocument = { ...operation, state, lastError, at: isoTime(now) };
  delete open.notDone;
  if (notDone) open.notDone = true;
  const writes: StoreWrite[] = [{ collection: 'operations', put: open }, operationTold(open, by)];
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
