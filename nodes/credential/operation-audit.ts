import type { OperationDocument } from './documents';
import type { AuditWrite } from './store-port';

/** On whose account an operation changed its state: a flow's message, the site's list, the outbox, a person's retry. */
export type OperationActor = 'flow' | 'site' | 'outbox' | 'person';

/** What the audit trail is told when an operation changes its state: kept in the same write, or not at all. */
export function operationTold(operation: Readonly<OperationDocument>, by: OperationActor): AuditWrite {
  const { _id, operation: kind, at, userId, cardId, state, attempts, credits, lastError } = operation;
  return {
    collection: 'audit',
    event: { kind, at, userId, cardId, door: null, outcome: state, by, detail: { operation: _id, attempts, credits, lastError } },
  };
}
