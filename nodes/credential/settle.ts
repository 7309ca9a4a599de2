import type { Clock } from './clock';
import type { OperationDocument } from './documents';
import { liveRows } from './list-rows';
import { isOpen, isUnderWay } from './open-operations';
import { isBlocking } from './open-blocks';
import { confirmedWrites, openWrites, rejectedWrites } from './operation-outcome';
import type { CredentialStatus, SiteOperation } from './record';
import { SETTLE_GRACE_MS } from './settle-grace';
import { inBooks } from './site-books';
import type { SiteCredential, SiteList } from './site-port';
import type { StorePort, StoreWrite } from './store-port';

/** Sent again by the outbox where a list proves that they were not carried out. */
const SENT_AGAIN: readonly SiteOperation[] = ['delete', 'suspend', 'resume'];

/** `gone`: the card is not there any more, so that there is nothing left to be done to it. */
type Verdict = { carriedOut: true; status: CredentialStatus | null } | { carriedOut: false; gone: boolean } | null;

/**
 * Settles a site's open operations by a complete list, and never by sending anything. What the list shows is
 * confirmed; what it does not show is rejected once the list began later than any request can still arrive; else it
 * stays open. A list that began before a request says nothing about it. Returns how many were settled.
 * What costs nothing and changes nothing when it is done twice stays wanted: it is marked `notDone`, for the outbox.
 * A re-issue that is found stays `owed`: whoever asks for it again is given it, and no second one is sent.
 */
export async function settle(
  siteId: string, list: SiteList, store: StorePort, clock: Clock,
): Promise<number> {
  const open = store.openOperations(siteId);
  if (open.length === 0) return 0;
  const rows = liveRows(list);
  let settled = 0;
  for (const { _id } of open) {
    settled += await inBooks(store, siteId, async () => {
      const operation = store.get('operations', _id);
      if (operation === undefined || !isOpen(operation) || isUnderWay(store, _id)) return 0;
      const writes = writesFor(store, operation, verdictOf(operation, rows, list.startedAt), clock.now());
      if (writes.length === 0) return 0;
      await store.write(writes);
      return isOpen(store.get('operations', _id) ?? operation) ? 0 : 1;
    });
  }
  return settled;
}

function writesFor(
  store: StorePort, operation: Readonly<OperationDocument>, verdict: Verdict, now: number,
): StoreWrite[] {
  if (verdict === null) return [];
  if (verdict.carriedOut) {
    return confirmedWrites(store, operation, now, { status: verdict.status, owed: operation.operation === 'reissue', by: 'site' });
  }
  if (verdict.gone || !SENT_AGAIN.includes(operation.operation)) return rejectedWrites(store, operation, now, 'OUTCOME_UNKNOWN', 'site');
  if (operation.notDone === true) return [];
  const state = operation.state === 'waiting' ? 'waiting' : 'unknown';
  return openWrites(store, operation, now, { state, lastError: operation.lastError ?? 'OUTCOME_UNKNOWN', by: 'site', notDone: true });
}

function verdictOf(
  operation: Readonly<OperationDocument>, rows: ReadonlyMap<string, SiteCredential>, startedAt: number,
): Verdict {
  // A list shows one end of what takes several requests, and nothing of a block: the outbox brings these to their end.
  if (operation.progress !== undefined || isBlocking(operation)) return null;
  const sentAt = operation.sentAt === null ? null : Date.parse(operation.sentAt);
  if (sentAt === null) return { carriedOut: false, gone: false };
  if (startedAt < sentAt) return null;
  const row = rows.get(operation.cardId);
  const live = row !== undefined && row.userId === operation.userId ? row : null;
  if (isSeen(operation, live)) return { carriedOut: true, status: live?.status ?? null };
  return startedAt > sentAt + SETTLE_GRACE_MS ? { carriedOut: false, gone: live === null } : null;
}

function isSeen({ operation }: Readonly<OperationDocument>, live: SiteCredential | null): boolean {
  switch (operation) {
    case 'issue':
    case 'reissue': return live !== null;
    case 'suspend': return live?.status === 'paused';
    case 'resume': return live !== null && live.status !== 'paused';
    case 'delete': return live === null;
    // A message that was sent again leaves no trace in a list.
    default: return false;
  }
}
