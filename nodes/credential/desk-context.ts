import { type Clock, isoTime } from './clock';
import { credentialId, type CredentialDocument, type OperationDocument } from './documents';
import { isMcError, McError } from './mc-error';
import type { OperationActor } from './operation-audit';
import { publicRecord } from './public-record';
import { removalsBy } from './removal-check';
import type { RandomPort } from './random-port';
import { maskCard, type CredentialRecord, type SiteOperation } from './record';
import { aloneWith, inBooks } from './site-books';
import type { SiteList, SitePort } from './site-port';
import type { SiteReading } from './site-reading';
import type { StorePort } from './store-port';

const DOUBTFUL_PERCENT = 20;
/** Operations that a site may carry out in several requests. */
const STEPPED: readonly SiteOperation[] = ['issue', 'reissue', 'delete'];
const believed = new WeakSet<SiteList>();

/** What an action led to. `spent` null: nobody knows yet. */
export type Result =
  | { ok: true; record: CredentialRecord | CredentialRecord[]; spent: number }
  | { ok: false; error: McError; record: CredentialRecord | null; spent: number | null };

/** A row of a plan, by the plan's hash. */
export type ImportedRow = NonNullable<OperationDocument['import']>;

export interface ContextOptions {
  /** On whose account; a flow's where it is left out. */
  by?: OperationActor;
  /** The row of an import that is carried out, if one is. */
  importedRow?: ImportedRow;
  /** Bounds how many requests are under way. */
  inTurn?: <T>(request: () => Promise<T>) => Promise<T>;
}

/** What the actions of one message work with. */
export class DeskContext {
  constructor(
    readonly site: SitePort,
    readonly store: StorePort,
    readonly clock: Clock,
    readonly random: RandomPort,
    readonly reading: SiteReading,
    private readonly options: ContextOptions = {},
  ) {}

  get by(): OperationActor {
    return this.options.by ?? 'flow';
  }

  /** Sends a request, when it is its turn. */
  send<T>(request: () => Promise<T>): Promise<T> {
    return this.options.inTurn === undefined ? request() : this.options.inTurn(request);
  }

  now(): number {
    return this.clock.now();
  }

  alone<T>(userId: string, work: () => Promise<T>): Promise<T> {
    return aloneWith(this.store, this.site.siteId, userId, work);
  }

  inBooks<T>(work: () => Promise<T>): Promise<T> {
    return inBooks(this.store, this.site.siteId, work);
  }

  card(cardId: string): Readonly<CredentialDocument> | undefined {
    return this.store.get('credentials', credentialId(this.site.siteId, cardId));
  }

  /** A user's credentials that the site confirmed and that are not deleted, the latest first. */
  liveCards(userId: string): Readonly<CredentialDocument>[] {
    return this.store.credentialsOf(this.site.siteId, userId)
      .filter(({ provisional, status }) => !provisional && status !== 'deleted')
      .sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
  }

  record(doc: Readonly<CredentialDocument>): CredentialRecord {
    return publicRecord(doc, this.store);
  }

  recordOf(cardId: string): CredentialRecord | null {
    const doc = this.card(cardId);
    return doc === undefined ? null : this.record(doc);
  }

  get hasList(): boolean {
    return this.site.capabilities().includes('list');
  }

  /** The site's list, begun at `notBefore` or later; null where the integrator says that the site has none. */
  async listIfAny(notBefore = 0): Promise<SiteList | null> {
    if (!this.hasList) return null;
    try {
      return await this.believable(await this.reading.list(notBefore));
    } catch (error) {
      if (!isMcError(error, 'NOT_SUPPORTED')) throw error;
      throw new McError('NOT_SUPPORTED', 'The site\'s list of cards is read before a credit is spent, and the site knows no such request. Set "list" in the site\'s "routes" to the right one, or to null to go without.', { cause: error });
    }
  }

  /**
   * A list by which much of what lives here would be gone proves nothing alone: it is read once more, and believed
   * when both say the same. (mc-watch holds such a list over a whole interval before it reaches the doors.)
   */
  private async believable(list: SiteList): Promise<SiteList> {
    if (believed.has(list)) return list;
    const first = await removalsBy(this.store, this.site.siteId, list);
    if (first.ids.length * 100 > DOUBTFUL_PERCENT * first.live) {
      const again = await this.reading.freshList();
      const second = await removalsBy(this.store, this.site.siteId, again);
      if (second.ids.length * 100 > DOUBTFUL_PERCENT * second.live && second.fingerprint !== first.fingerprint) {
        throw new McError('SITE_ANSWER_INVALID', `Two lists of site ${this.site.siteId} in a row miss many live credentials, and not the same. Look at the portal, then ask again.`);
      }
      believed.add(again);
      return again;
    }
    believed.add(list);
    return list;
  }

  need(action: SiteOperation): void {
    if (this.site.capabilities().includes(action as never)) return;
    throw new McError('NOT_SUPPORTED', `Site ${this.site.siteId} has no "${action}": do it on the portal, or set "${action}" in the site's "routes".`);
  }

  /** Null in every case where the site or a network may be the reason. */
  async creditsLeft(): Promise<number | null> {
    try {
      return (await this.reading.freshInfo()).info.credits.card;
    } catch (error) {
      if (isMcError(error)) return null;
      throw error;
    }
  }

  /** The intent of a request, as it is kept right before the request goes out. */
  intent(
    wanted: Pick<OperationDocument, 'operation' | 'cardId' | 'userId' | 'formerCardId'>,
    again: Readonly<OperationDocument> | null,
  ): OperationDocument {
    const now = isoTime(this.now());
    const of = this.options.importedRow ?? again?.import;
    const budget = this.by === 'person' && again !== null ? { since: now, attempts: again.attempts } : again?.budget;
    return {
      ...wanted,
      _id: again?._id ?? this.random.id(),
      site: this.site.siteId,
      state: 'sending',
      attempts: (again?.attempts ?? 0) + 1,
      lastError: again?.lastError ?? null,
      since: again?.since ?? now,
      sentAt: now,
      at: now,
      credits: wanted.operation === 'issue' || wanted.operation === 'reissue' ? 1 : 0,
      ...this.site.complete === undefined || !STEPPED.includes(wanted.operation) ? {} : { progress: {} },
      ...of === undefined ? {} : { import: of },
      ...budget === undefined ? {} : { budget },
    };
  }
}

/** The mark that an intent leaves on a record. */
export function marked(doc: Readonly<CredentialDocument>, operation: Readonly<OperationDocument>): CredentialDocument {
  const { _id: id, operation: kind, since, attempts, lastError } = operation;
  const others = doc.pending.filter((entry) => entry.id !== id);
  return {
    ...doc,
    pending: [...others, { operation: kind, id, since, attempts, lastError }],
    touchedAt: Date.parse(operation.at),
    updatedAt: operation.at,
  };
}

/** OUTCOME_UNKNOWN for an operation that is still open: nothing is sent until it is settled. */
export function stillOpen(ctx: DeskContext, operation: Readonly<OperationDocument>, cause?: unknown): Result {
  const settled = ctx.hasList
    ? `It is settled by a list of the site from two minutes after the request on, or sooner where the list shows it; nothing is sent again until then. A person who knows may use "retry" or "abandon" with operation ${operation._id}.`
    : 'The site has no list to settle it by: look at the portal, then use "abandon" with this operation ID.';
  return {
    ok: false,
    error: new McError('OUTCOME_UNKNOWN', `Whether the site carried out "${operation.operation}" for user ${operation.userId}, card ${maskCard(operation.cardId)}, is not known yet. ${settled}`, { cause }),
    record: ctx.recordOf(operation.formerCardId ?? operation.cardId),
    spent: null,
  };
}
