import { isoTime } from './clock';
import type { ChangeDocument, CredentialDocument } from './documents';
import { STATUS_TEXTS, type CredentialStatus } from './record';
import type { AuditWrite, StoreWrite } from './store-port';

/** A record with another status. `activatedAt` is set when it becomes active. */
export function withStatus(doc: Readonly<CredentialDocument>, status: CredentialStatus, now: number): CredentialDocument {
  const becomesActive = status === 'activated' && (doc.status !== 'activated' || doc.activatedAt === null);
  return {
    ...doc,
    status,
    statusText: STATUS_TEXTS[status],
    activatedAt: becomesActive ? isoTime(now) : doc.activatedAt,
    updatedAt: isoTime(now),
  };
}

/** What the audit trail is told of a change that the site's list has brought. */
export function statusTold(doc: Readonly<CredentialDocument>, from: CredentialStatus | null, to: CredentialStatus, now: number): AuditWrite {
  const { userId, cardId } = doc;
  return { collection: 'audit', event: { kind: 'status', at: isoTime(now), userId, cardId, door: null, outcome: to, by: 'site', detail: { from } } };
}

/** The change from one status to another as a watch reports it. The store gives it its number. */
export function changeWrite(
  doc: Readonly<CredentialDocument>, from: CredentialStatus | null, to: CredentialStatus, now: number, initial = false,
): StoreWrite {
  const { site, cardId, userId, name } = doc;
  const change: ChangeDocument = { _id: '', seq: 0, site, cardId, userId, name, from, to, at: isoTime(now), initial };
  return { collection: 'changes', put: change };
}
