import { COLLECTIONS, type CollectionName, type CredentialDocument, type Documents, type OperationDocument } from '../credential/documents';
import { isOpen } from '../credential/open-operations';
import type { DocumentWrite, StoreWrite } from '../credential/store-port';

type Maps = { [C in CollectionName]: Map<string, Documents[C]> };

/** Every document in memory; credentials findable by user and by card number, operations by user, the open ones by site. */
export class Tables {
  lastChange = 0;
  private readonly maps: Maps;
  private readonly byUser = new Map<string, CredentialDocument[]>();
  private readonly byCard = new Map<string, CredentialDocument[]>();
  private readonly operationsByUser = new Map<string, OperationDocument[]>();
  private readonly open = new Map<string, OperationDocument>();

  constructor() {
    this.maps = Object.fromEntries(COLLECTIONS.map((name) => [name, new Map<string, unknown>()])) as unknown as Maps;
  }

  of<C extends CollectionName>(collection: C): Map<string, Documents[C]> {
    return this.maps[collection];
  }

  ofUser(site: string, userId: string): CredentialDocument[] {
    return [...this.byUser.get(userKey(site, userId)) ?? []];
  }

  withCard(cardId: string): CredentialDocument[] {
    return [...this.byCard.get(cardId) ?? []];
  }

  operationsOf(site: string, userId: string): OperationDocument[] {
    return [...this.operationsByUser.get(userKey(site, userId)) ?? []];
  }

  openOperations(site: string): OperationDocument[] {
    return [...this.open.values()].filter((operation) => operation.site === site);
  }

  apply(batch: readonly StoreWrite[]): void {
    for (const write of batch) {
      if (write.collection === 'audit') continue;
      if (write.collection === 'credentials') this.indexCredential(write);
      if (write.collection === 'operations') this.indexOperation(write);
      if ('remove' in write) {
        this.maps[write.collection].delete(write.remove);
        continue;
      }
      (this.maps[write.collection] as Map<string, unknown>).set(write.put._id, write.put);
      if (write.collection === 'changes') this.lastChange = Math.max(this.lastChange, write.put.seq);
    }
  }

  /** How many documents there are. */
  get count(): number {
    return COLLECTIONS.reduce((sum, name) => sum + this.maps[name].size, 0);
  }

  clear(): void {
    for (const map of [...Object.values(this.maps), this.byUser, this.byCard, this.operationsByUser, this.open]) map.clear();
    this.lastChange = 0;
  }

  private indexOperation(write: Extract<DocumentWrite, { collection: 'operations' }>): void {
    const id = 'remove' in write ? write.remove : write.put._id;
    const former = this.maps.operations.get(id);
    const put = 'remove' in write ? undefined : write.put;
    if (put !== undefined && isOpen(put)) this.open.set(id, put);
    else this.open.delete(id);
    if (former !== undefined && put !== undefined && replace(this.operationsByUser, userKey(put.site, put.userId), former, put)) return;
    if (former !== undefined) drop(this.operationsByUser, userKey(former.site, former.userId), former);
    if (put !== undefined) add(this.operationsByUser, userKey(put.site, put.userId), put);
  }

  private indexCredential(write: Extract<DocumentWrite, { collection: 'credentials' }>): void {
    const id = 'remove' in write ? write.remove : write.put._id;
    const former = this.maps.credentials.get(id);
    if (former !== undefined) {
      drop(this.byUser, userKey(former.site, former.userId), former);
      drop(this.byCard, former.cardId, former);
    }
    if ('remove' in write) return;
    add(this.byUser, userKey(write.put.site, write.put.userId), write.put);
    add(this.byCard, write.put.cardId, write.put);
  }
}

function userKey(site: string, userId: string): string {
  return `${site}\n${userId}`;
}

// Arrays, for there is nearly always one entry: a hundred thousand Maps of one would weigh more than the credentials.
function add<T>(index: Map<string, T[]>, key: string, doc: T): void {
  const others = index.get(key);
  if (others === undefined) index.set(key, [doc]);
  else others.push(doc);
}

function replace<T>(index: Map<string, T[]>, key: string, former: T, doc: T): boolean {
  const docs = index.get(key) ?? [];
  const at = docs.indexOf(former);
  if (at >= 0) docs[at] = doc;
  return at >= 0;
}

function drop<T>(index: Map<string, T[]>, key: string, doc: T): void {
  const left = index.get(key)?.filter((other) => other !== doc) ?? [];
  if (left.length === 0) index.delete(key);
  else index.set(key, left);
}
