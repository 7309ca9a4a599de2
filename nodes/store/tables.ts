import { COLLECTIONS, type CollectionName, type CredentialDocument, type Documents } from '../credential/documents';
import type { StoreWrite } from '../credential/store-port';

type Maps = { [C in CollectionName]: Map<string, Documents[C]> };

/** Every document in memory, with credentials findable by user and by card number. */
export class Tables {
  lastChange = 0;
  private readonly maps: Maps;
  private readonly byUser = new Map<string, Map<string, CredentialDocument>>();
  private readonly byCard = new Map<string, Map<string, CredentialDocument>>();

  constructor() {
    this.maps = Object.fromEntries(COLLECTIONS.map((name) => [name, new Map()])) as unknown as Maps;
  }

  of<C extends CollectionName>(collection: C): Map<string, Documents[C]> {
    return this.maps[collection] as unknown as Map<string, Documents[C]>;
  }

  ofUser(site: string, userId: string): CredentialDocument[] {
    return [...this.byUser.get(`${site}/${userId}`)?.values() ?? []];
  }

  withCard(cardId: string): CredentialDocument[] {
    return [...this.byCard.get(cardId)?.values() ?? []];
  }

  apply(batch: readonly StoreWrite[]): void {
    for (const write of batch) {
      if (write.collection === 'credentials') this.indexCredential(write);
      if ('remove' in write) {
        this.maps[write.collection].delete(write.remove);
        continue;
      }
      (this.maps[write.collection] as Map<string, unknown>).set(write.put._id, write.put);
      if (write.collection === 'changes') this.lastChange = Math.max(this.lastChange, write.put.seq);
    }
  }

  /** Every document as batches that make these tables again. The cursor of changes is kept by the changes' numbers. */
  *batches(size: number): Generator<StoreWrite[]> {
    let batch: StoreWrite[] = [];
    for (const collection of COLLECTIONS) {
      for (const put of this.maps[collection].values()) {
        batch.push({ collection, put } as StoreWrite);
        if (batch.length === size) {
          yield batch;
          batch = [];
        }
      }
    }
    if (batch.length > 0) yield batch;
  }

  private indexCredential(write: Extract<StoreWrite, { collection: 'credentials' }>): void {
    const id = 'remove' in write ? write.remove : write.put._id;
    const former = this.maps.credentials.get(id);
    if (former !== undefined) {
      drop(this.byUser, `${former.site}/${former.userId}`, id);
      drop(this.byCard, former.cardId, id);
    }
    if ('remove' in write) return;
    add(this.byUser, `${write.put.site}/${write.put.userId}`, write.put);
    add(this.byCard, write.put.cardId, write.put);
  }
}

function add(index: Map<string, Map<string, CredentialDocument>>, key: string, doc: CredentialDocument): void {
  let found = index.get(key);
  if (found === undefined) index.set(key, (found = new Map()));
  found.set(doc._id, doc);
}

function drop(index: Map<string, Map<string, CredentialDocument>>, key: string, id: string): void {
  const found = index.get(key);
  found?.delete(id);
  if (found?.size === 0) index.delete(key);
}
