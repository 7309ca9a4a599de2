import { credentialId, type CredentialDocument } from '../../nodes/credential/documents';
import type { StorePort, StoreWrite } from '../../nodes/credential/store-port';

export const CREDENTIALS = 100_000;

export function credentialNumber(i: number): string {
  return String(1_000_000_000_000_000 + i * 7919);
}

/** One of a site's hundred thousand credentials; `round` makes another version of it. */
export function credentialDoc(i: number, round = 0): CredentialDocument {
  const at = new Date().toISOString();
  const cardId = credentialNumber(i);
  return {
    _id: credentialId('1', cardId), cardId, userId: `u${i}`, name: `Person ${i}`, email: `p${i}@plant.example`, phone: null, department: 'Assembly', title: `Round ${round}`,
    status: 'activated', statusText: 'Activation', blacklisted: null, validFrom: null, validTo: null, doors: i % 3 === 0 ? '*' : ['Front'],
    site: '1', replaces: null, issuedAt: at, activatedAt: at, updatedAt: at, pending: [], supersededBy: null, provisional: false, touchedAt: 0,
  };
}

/** Fills a store with them, and with a site that was read just now. */
export async function fill(store: Pick<StorePort, 'write'>, credentials = CREDENTIALS, docOf = credentialDoc): Promise<void> {
  const at = new Date().toISOString();
  for (let from = 0; from < credentials; from += 500) {
    await store.write(Array.from({ length: 500 }, (_, k): StoreWrite => ({ collection: 'credentials', put: docOf(from + k) })));
  }
  await store.write([
    { collection: 'sites', put: { _id: '1', listAsOf: at, contactAsOf: at } },
    { collection: 'readers', put: { _id: '1', readers: [{ device: 'R', name: null }], receivedAt: at } },
  ]);
}
