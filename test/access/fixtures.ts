import { CardFinder } from '../../nodes/access/card-finder';
import { decide } from '../../nodes/access/decide';
import type { Decision, Read } from '../../nodes/access/decision';
import type { DecisionOptions } from '../../nodes/access/facts';
import { credentialId, type BlacklistDocument, type CredentialDocument, type OperationDocument } from '../../nodes/credential/documents';
import { STATUS_TEXTS, type SiteOperation } from '../../nodes/credential/record';
import type { StorePort, StoreWrite } from '../../nodes/credential/store-port';
import { Tables } from '../../nodes/store/tables';

export const NOW = Date.parse('2026-03-02T10:00:00.000Z');
export const HOUR = 3_600_000;
export const CARD = '998877665544';

/** The store's memory without its disk. */
export class Knowledge {
  readonly tables = new Tables();
  private readonly listeners = new Set<(batch: readonly StoreWrite[]) => void>();

  constructor(writes: readonly StoreWrite[] = []) {
    this.write(...writes);
  }

  write(...batch: StoreWrite[]): this {
    this.tables.apply(batch);
    for (const listener of this.listeners) listener(batch);
    return this;
  }

  readonly get: StorePort['get'] = (collection, id) => this.tables.of(collection).get(id);
  readonly all: StorePort['all'] = (collection) => this.tables.of(collection).values();
  credentialsOf(site: string, userId: string): CredentialDocument[] { return this.tables.ofUser(site, userId); }
  credentialsWith(cardId: string): CredentialDocument[] { return this.tables.withCard(cardId); }
  onWrite(listener: (batch: readonly StoreWrite[]) => void): () => void {
    this.listeners.add(listener);
    return () => { this.listeners.delete(listener); };
  }
}

export function credential(changed: Partial<CredentialDocument> = {}): StoreWrite {
  const cardId = changed.cardId ?? CARD;
  const site = changed.site ?? '1';
  const status = changed.status ?? 'activated';
  const at = new Date(NOW - HOUR).toISOString();
  return {
    collection: 'credentials',
    put: {
      _id: credentialId(site, cardId), cardId, userId: 'patrick', name: 'Patrick Johnson', email: null, phone: null, department: null, title: null,
      status, statusText: STATUS_TEXTS[status], blacklisted: null, validFrom: null, validTo: null, doors: '*', site, replaces: null,
      issuedAt: at, activatedAt: at, updatedAt: at, pending: [], supersededBy: null, provisional: false, touchedAt: 0, ...changed,
    },
  };
}

export function blocked(target: { cardId: string } | { userId: string }): StoreWrite {
  const cardId = 'cardId' in target ? target.cardId : null;
  const userId = 'userId' in target ? target.userId : null;
  const put: BlacklistDocument = { _id: cardId === null ? `user:${String(userId)}` : `card:${cardId}`, cardId, userId, since: '', by: 'test', reason: '', site: 'none' };
  return { collection: 'blacklist', put };
}

export function operation(kind: SiteOperation, state: OperationDocument['state'], changed: Partial<OperationDocument> = {}): StoreWrite {
  return {
    collection: 'operations',
    put: { _id: `op-${kind}`, operation: kind, site: '1', cardId: CARD, userId: 'patrick', formerCardId: null, state, attempts: 1, lastError: null, since: '', sentAt: null, at: '', credits: 0, ...changed },
  };
}

export function mark(kind: SiteOperation): CredentialDocument['pending'] {
  return [{ operation: kind, id: `op-${kind}`, since: '', attempts: 1, lastError: null }];
}

export function site(changed: { id?: string; listAsOf?: string | null; contactAsOf?: string | null } = {}): StoreWrite {
  const { id = '1', listAsOf = new Date(NOW - HOUR).toISOString(), contactAsOf = null } = changed;
  return { collection: 'sites', put: { _id: id, listAsOf, contactAsOf } };
}

export function readers(...devices: string[]): StoreWrite {
  return { collection: 'readers', put: { _id: '1', readers: devices.map((device) => ({ device, name: null })), receivedAt: new Date(NOW - HOUR).toISOString() } };
}

export function read(changed: Partial<Read> = {}): Read {
  return { cardId: CARD, format: null, bits: null, facilityCode: null, cardNumber: null, parityOk: null, door: 'Front', direction: 'in', reader: 1, device: '', readAt: '', ...changed };
}

export function options(changed: Partial<DecisionOptions> = {}): DecisionOptions {
  return { now: NOW, offlineLimitHours: 168, monotonicMs: () => 0, ...changed };
}

export function ask(knowledge: Knowledge, asked: Partial<Read> = {}, changed: Partial<DecisionOptions> = {}): Decision {
  return decide(read(asked), knowledge, new CardFinder(knowledge), options(changed));
}
