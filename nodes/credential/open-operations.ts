import type { CredentialDocument, OperationDocument } from './documents';
import type { SiteOperation } from './record';
import type { StorePort } from './store-port';

/** Operations whose request this process has under way, by store. After a restart there are none. */
const underWay = new WeakMap<StorePort, Set<string>>();

export function isUnderWay(store: StorePort, operationId: string): boolean {
  return underWay.get(store)?.has(operationId) === true;
}

/** From here to `endUnderWay` only the operation's sender writes its documents. */
export function beginUnderWay(store: StorePort, operationId: string): void {
  const ids = underWay.get(store);
  if (ids === undefined) underWay.set(store, new Set([operationId]));
  else ids.add(operationId);
}

export function endUnderWay(store: StorePort, operationId: string): void {
  underWay.get(store)?.delete(operationId);
}

/** True while the outcome is not known: `sending` is open as well, under way or left over from a crash. */
export function isOpen(operation: Readonly<OperationDocument>): boolean {
  return ['new', 'sending', 'unknown', 'waiting'].includes(operation.state);
}

/** The open operations that a record's `pending` names, of these kinds. */
export function openOn(
  store: StorePort, doc: Readonly<CredentialDocument>, kinds: readonly SiteOperation[],
): Readonly<OperationDocument>[] {
  return doc.pending
    .filter(({ operation }) => kinds.includes(operation))
    .map(({ id }) => store.get('operations', id))
    .filter((operation) => operation !== undefined && isOpen(operation)) as Readonly<OperationDocument>[];
}

/** The open operations of a user, of these kinds. Each leaves its mark on a record of that user. */
export function openOf(
  store: StorePort, siteId: string, userId: string, kinds: readonly SiteOperation[],
): Readonly<OperationDocument>[] {
  const found = new Map<string, Readonly<OperationDocument>>();
  for (const doc of store.credentialsOf(siteId, userId)) {
    for (const operation of openOn(store, doc, kinds)) found.set(operation._id, operation);
  }
  return [...found.values()];
}
