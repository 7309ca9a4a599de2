import { type Clock, isoTime } from './clock';
import type { BlacklistDocument } from './documents';
import { isCardNumber } from './card-number';
import { optionalText, readTarget, type Target } from './input-fields';
import { McError } from './mc-error';
import { BlacklistAtSite } from './blacklist-at-site';
import { DeskContext } from './desk-context';
import { blockingEntry } from './public-record';
import type { RandomPort } from './random-port';
import { SiteReading } from './site-reading';
import type { SitePort } from './site-port';
import type { AuditWrite, StorePort } from './store-port';

const LONGEST_REASON = 500;

/** Answer of `mc-blacklist` to one input. `cardId` is null for an entry by user, `userId` where nobody knows it. */
export interface BlacklistAnswer {
  cardId: string | null;
  userId: string | null;
  blacklisted: boolean;
  since: string | null;
  by: string | null;
  reason: string | null;
  site: 'confirmed' | 'pending' | 'none';
}

/**
 * Who is blocked. An entry stands alone by card number, also for a card without a record; by user ID it covers every
 * present and later card of that user. Doors ask the store itself, so an entry holds as soon as it is kept.
 */
export class Blacklist {
  private readonly clock: Clock;
  private readonly by: string;
  private readonly atSite: BlacklistAtSite | null;

  /** `random` is needed where the site has a blacklist of its own. */
  constructor(private readonly store: StorePort, private readonly site: SitePort | null, options: { clock: Clock; by?: string; random?: RandomPort }) {
    this.clock = options.clock;
    this.by = options.by ?? 'flow';
    this.atSite = site !== null && options.random !== undefined && site.capabilities().includes('blacklist')
      ? new BlacklistAtSite(new DeskContext(site, store, options.clock, options.random, new SiteReading(site, options.clock))) : null;
  }

  /**
   * Input: a card number, or `{ cardId | userId, reason? }`; with both, the card. Rejects with INPUT_INVALID,
   * CARD_ID_INVALID or what the store says.
   */
  async act(action: 'block' | 'unblock' | 'check', input: unknown): Promise<BlacklistAnswer> {
    const target = targetOf(input);
    switch (action) {
      case 'block': return this.block(target, reasonOf(input));
      case 'unblock': return this.unblock(target);
      case 'check': return this.check(target);
      default: throw new McError('INPUT_INVALID', 'Unknown action. Use block, unblock, check or list.');
    }
  }

  /** Every entry. */
  list(): BlacklistAnswer[] {
    return [...this.store.all('blacklist')].map((entry) => this.entry(entry));
  }

  /** An entry in the words of the contract. */
  entry(doc: Readonly<BlacklistDocument>): BlacklistAnswer {
    const userId = doc.userId ?? (doc.cardId === null ? null : this.userOf(doc.cardId));
    return { cardId: doc.cardId, userId, blacklisted: true, since: doc.since, by: doc.by, reason: doc.reason, site: doc.site };
  }

  /** Holds at this runtime's doors first; then the site is told, and waited for a moment. */
  private async block(target: Target, reason: string): Promise<BlacklistAnswer> {
    const entryId = entryIdOf(target);
    await this.store.exclusive('blacklist', async () => {
      const present = this.store.get('blacklist', entryId);
      if (present !== undefined && present.unblocking !== true) return;
      const doc: BlacklistDocument = {
        _id: entryId,
        cardId: target.cardId, userId: target.cardId === null ? target.userId : null,
        since: isoTime(this.clock.now()), by: this.by, reason,
        site: this.site?.capabilities().includes('blacklist') === true ? 'pending' : 'none',
      };
      await this.store.writeOrHold([{ collection: 'blacklist', put: doc }, this.told('block', target)]);
    });
    if (this.atSite !== null) await this.atSite.block(target);
    const entry = this.store.get('blacklist', entryId);
    return entry === undefined ? this.check(target) : this.entry(entry);
  }

  /** Only once the site has agreed, where it has a blacklist: until then the card stays blocked here too. */
  private async unblock(target: Target): Promise<BlacklistAnswer> {
    const entryId = entryIdOf(target);
    const gone = this.atSite === null || await this.atSite.unblock(target);
    await this.store.exclusive('blacklist', async () => {
      const entry = this.store.get('blacklist', entryId);
      if (entry === undefined) return;
      if (gone) await this.store.write([{ collection: 'blacklist', remove: entryId }, this.told('unblock', target)]);
      else if (entry.unblocking !== true) await this.store.write([{ collection: 'blacklist', put: { ...entry, unblocking: true, site: 'pending' } }]);
    });
    // A card stays blocked while its user is: the answer says what holds, not what was asked.
    return this.check(target);
  }

  private told(kind: 'block' | 'unblock', { cardId, userId }: Target): AuditWrite {
    const owner = cardId === null ? userId : this.userOf(cardId) ?? userId;
    const at = isoTime(this.clock.now());
    return { collection: 'audit', event: { kind, at, userId: owner, cardId, door: null, outcome: `${kind}ed`, by: this.by, detail: {} } };
  }

  private check(target: Target): BlacklistAnswer {
    const userId = target.cardId === null ? target.userId : this.userOf(target.cardId) ?? target.userId;
    const entry = blockingEntry(this.store, target.cardId, userId);
    if (entry !== undefined) return { ...this.entry(entry), cardId: target.cardId, userId };
    return { cardId: target.cardId, userId, blacklisted: false, since: null, by: null, reason: null, site: 'none' };
  }

  /** Whose card it is; a live record says it before a former one, the site's own before another site's. */
  private userOf(cardId: string): string | null {
    const rank = (doc: { site: string; status: string }): number =>
      (doc.site === this.site?.siteId ? 0 : 1) + (doc.status === 'deleted' ? 2 : 0);
    const [first] = [...this.store.credentialsWith(cardId)].sort((a, b) => rank(a) - rank(b));
    return first?.userId ?? null;
  }
}

function targetOf(input: unknown): Target {
  if (isCardNumber(input)) return { cardId: input, userId: null };
  if (typeof input === 'string' || typeof input === 'number') {
    throw new McError('CARD_ID_INVALID', 'A card number is text of 1 to 32 decimal digits without a leading zero.');
  }
  return readTarget(input);
}

function reasonOf(input: unknown): string {
  if (typeof input !== 'object' || input === null) return '';
  return optionalText(input as Record<string, unknown>, 'reason', LONGEST_REASON) ?? '';
}

function entryIdOf({ cardId, userId }: Target): string {
  return cardId === null ? `user:${userId ?? ''}` : `card:${cardId}`;
}
