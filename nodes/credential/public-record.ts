import type { BlacklistDocument, CredentialDocument } from './documents';
import type { Blacklisted, CredentialRecord, PendingOperation } from './record';
import { openBlocks } from './open-blocks';
import type { StorePort } from './store-port';

/** The record as messages carry it: the contract's fields in its order, with the present block of card or user. */
export function publicRecord(doc: Readonly<CredentialDocument>, store: Pick<StorePort, 'get' | 'openOperations'>): CredentialRecord {
  return {
    cardId: doc.cardId, userId: doc.userId, name: doc.name, email: doc.email, phone: doc.phone,
    department: doc.department, title: doc.title,
    status: doc.status, statusText: doc.statusText,
    blacklisted: blacklistedOf(store, doc.cardId, doc.userId),
    validFrom: doc.validFrom, validTo: doc.validTo,
    doors: doc.doors === '*' ? '*' : [...doc.doors],
    site: doc.site, replaces: doc.replaces, issuedAt: doc.issuedAt, activatedAt: doc.activatedAt, updatedAt: doc.updatedAt,
    pending: [...doc.pending.map((pending) => ({ ...pending })), ...pendingBlocks(doc, store)],
  };
}

/** A block or unblock that the site has not confirmed. It leaves no mark on the record, so that lists still reach that. */
function pendingBlocks({ site, cardId }: Readonly<CredentialDocument>, store: Pick<StorePort, 'openOperations'>): PendingOperation[] {
  return openBlocks(store, site, cardId)
    .map(({ operation, _id, since, attempts, lastError }) => ({ operation, id: _id, since, attempts, lastError }));
}

/** The entry that blocks a card: its own, else that of its user. */
export function blockingEntry(store: Pick<StorePort, 'get'>, cardId: string | null, userId: string | null): Readonly<BlacklistDocument> | undefined {
  return (cardId === null ? undefined : store.get('blacklist', `card:${cardId}`))
    ?? (userId === null ? undefined : store.get('blacklist', `user:${userId}`));
}

function blacklistedOf(store: Pick<StorePort, 'get'>, cardId: string, userId: string): Blacklisted | null {
  const entry = blockingEntry(store, cardId, userId);
  return entry === undefined ? null : { since: entry.since, by: entry.by, reason: entry.reason };
}
