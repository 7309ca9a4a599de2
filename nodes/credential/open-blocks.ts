import type { OperationDocument } from './documents';
import type { StorePort } from './store-port';

/** True for blocks and unblocks at a site: no list settles them, and their requests may be repeated. */
export function isBlocking({ operation }: Readonly<OperationDocument>): boolean {
  return operation === 'block' || operation === 'unblock';
}

/** Open blocks and unblocks of a card at a site, or of all cards. */
export function openBlocks(store: Pick<StorePort, 'openOperations'>, siteId: string, cardId: string | null): Readonly<OperationDocument>[] {
  return store.openOperations(siteId).filter((operation) => isBlocking(operation) && (cardId === null || operation.cardId === cardId));
}
