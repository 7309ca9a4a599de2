import type { Clock } from './clock';
import type { OperationDocument } from './documents';
import { liveRows } from './list-rows';
import { isOpen, isUnderWay } from './open-operations';
import { confirmedWrites, rejectedWrites } from './operation-outcome';
import type { CredentialStatus } from './record';
import { SETTLE_GRACE_MS } from './settle-grace';
import { inBooks } from './site-books';
import type { SiteCredential, SiteList } from './site-port';
import type { StorePort, StoreWrite } from './store-port';

type Verdict = { carriedOut: true; status: CredentialStatus | null } | { carriedOut: false } | null;

/**
 * Settles a site's open operations by a complete list, and never by sending anything. What the list shows is
 * confirmed; what it does not show is rejected once the list began later than any request can still arrive; else it
 * stays open. A list that began before a request says nothing about it. Returns how many were settled.
 * A re-issue that is found stays `owed`: whoever asks for it again is given it, and no second one is sent.
 */
export async function settle(
  siteId: string, list: SiteList, store: StorePort, clock: Clock,
): Promise<number> {
  const open = [...store.all('operations')].filter((operation) => operation.site === siteId && isOpen(operation));
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
      return 1;
    });
  }
  return settled;
}

function writesFor(
  store: StorePort, operation: Readonly<OperationDocument>, verdict: Verdict, now: number,
): StoreWrite[] {
  if (verdict === null) return [];
  if (verdict.carriedOut) {
    return confirmedWrites(store, operation, now, { status: verdict.status, owed: operation.operation === 'reissue' });
  }
  return rejectedWrites(store, operation, now, 'OUTCOME_UNKNOWN');
}

function verdictOf(
  operation: Readonly<OperationDocument>, rows: ReadonlyMap<string, SiteCredential>, startedAt: number,
): Verdict {
  const sentAt = operation.sentAt === null ? null : Date.parse(operation.sentAt);
  if (sentAt === null) return { carriedOut: false };
  if (startedAt < sentAt) return null;
  const row = rows.get(operation.cardId);
  const live = row !== undefined && row.userId === operation.userId ? row : null;
  if (isSeen(operation, live)) return { carriedOut: true, status: live?.status ?? null };
  return startedAt > sentAt + SETTLE_GRACE_MS ? { carriedOut: false } : null;
}

function isSeen({ operation }: Readonly<OperationDocument>, live: SiteCredential | null): boolean {
  switch (operation) {
    case 'issue':
    case 'reissue': return live !== null;
    case 'suspend': return live?.status === 'paused';
    case 'resume': return live !== null && live.status !== 'paused';
    case 'delete': return live === null;
    // A message that was sent again leaves no trace in a list; block and unblock are not about the list.
    default: return false;
  }
}
