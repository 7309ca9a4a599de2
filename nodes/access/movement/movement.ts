import type { LockoutDocument, PresenceDocument } from '../../credential/documents';
import type { StoreWrite } from '../../credential/store-port';
import { FailedReads } from './failed-reads';
import { Presence } from './presence';
import { SecondPersons } from './second-person';

/**
 * What doors know of each other and of people: who is where, who waits for a second person, which reader is locked out,
 * which door was granted last. Decisions only look at it; `takeUp` adds what was decided, before the next read.
 */
export class Movement {
  readonly presence = new Presence();
  readonly waiting = new SecondPersons();
  readonly failed = new FailedReads();
  /** By interlocked door, when it was granted last. Interlocks last seconds, so a restart ends them. */
  private readonly granted = new Map<string, number>();

  /** Rebuilds what survives a restart. */
  load(presence: Iterable<PresenceDocument>, lockouts: Iterable<LockoutDocument> = []): void {
    this.presence.load(presence);
    for (const { _id, until } of lockouts) this.failed.lockOut(_id, Date.parse(until));
  }

  /** When an interlocked door was granted last, in milliseconds since 1970; null: not lately. */
  grantedAt(door: string): number | null {
    return this.granted.get(door) ?? null;
  }

  noteGrant(door: string, at: number): void {
    this.granted.set(door, at);
  }

  /** Takes away what is known of a person, an area, or both; without either of everybody. */
  reset(which: { userId?: string; area?: string }): { gone: PresenceDocument[]; writes: StoreWrite[] } {
    const gone = this.presence.reset(which);
    if (which.userId !== undefined) this.waiting.forget(which.userId);
    return { gone, writes: gone.map(({ _id }) => ({ collection: 'presence', remove: _id })) };
  }
}
