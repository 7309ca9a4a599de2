import type { DeskContext } from './desk-context';
import type { BlacklistDocument, OperationDocument } from './documents';
import { isMcError, McError, type ErrorCode } from './mc-error';
import { beginUnderWay, endUnderWay, isOpen } from './open-operations';
import { isoTime } from './clock';
import { openBlocks } from './open-blocks';
import { operationTold } from './operation-audit';
import { maskCard } from './record';
import type { StorePort, StoreWrite } from './store-port';

export type BlockKind = 'block' | 'unblock';

/** What came of telling the site. `told`: it agrees. `unknown-card`: it has no such card, so there is nothing to tell. */
export type SiteBlockOutcome = 'told' | 'unknown-card' | 'pending';

/** Cards whose block was changed at the site by us lately, in milliseconds: a list that was read before says nothing. */
const changedAt = new WeakMap<StorePort, Map<string, number>>();

export function blockChangedSince(store: StorePort, cardId: string, startedAt: number): boolean {
  return (changedAt.get(store)?.get(cardId) ?? -Infinity) >= startedAt;
}

/**
 * Tells the site of a block or unblock, durably: the intent is kept first, and what does not get through stays open and
 * is repeated by the outbox until the site agrees. A newer wish takes the place of an older one.
 * @returns with `error` where it is pending: the reason
 */
export function tellSite(ctx: DeskContext, kind: BlockKind, cardId: string, userId: string | null): Promise<{ outcome: SiteBlockOutcome; error: McError | null }> {
  return ctx.store.exclusive(`block:${ctx.site.siteId}/${cardId}`, async () => {
    const open = openBlocks(ctx.store, ctx.site.siteId, cardId);
    const again = open.find(({ operation }) => operation === kind) ?? null;
    const older = open.filter(({ operation }) => operation !== kind).flatMap((operation) => ended(ctx, operation, 'rejected', null));
    const intent = ctx.intent({ operation: kind, cardId, userId: userId ?? again?.userId ?? '', formerCardId: null }, again);
    beginUnderWay(ctx.store, intent._id);
    try {
      await ctx.store.write([...older, { collection: 'operations', put: intent }, operationTold(intent, ctx.by)]);
      return await send(ctx, intent);
    } finally {
      endUnderWay(ctx.store, intent._id);
    }
  });
}

/** For the outbox: one more try of an open block or unblock. */
export async function tellSiteAgain(ctx: DeskContext, operation: Readonly<OperationDocument>): Promise<void> {
  if (ctx.site[operation.operation as BlockKind] === undefined) return;
  const { outcome } = await tellSite(ctx, operation.operation as BlockKind, operation.cardId, operation.userId === '' ? null : operation.userId);
  if (outcome === 'pending') return;
  await noteAtSite(ctx.store, operation.operation as BlockKind, operation.cardId, operation.userId, outcome);
}

/** Brings the entries that a card's outcome at the site decides: confirmed, or gone. */
export function noteAtSite(store: StorePort, kind: BlockKind, cardId: string, userId: string, outcome: SiteBlockOutcome): Promise<void> {
  return store.exclusive('blacklist', async () => {
    const entry = store.get('blacklist', `card:${cardId}`) ?? store.get('blacklist', `user:${userId}`);
    if (entry === undefined) return;
    if (kind === 'unblock') {
      if (entry.unblocking === true && entry.cardId === cardId) await store.write([{ collection: 'blacklist', remove: entry._id }]);
      return;
    }
    const site: BlacklistDocument['site'] = outcome === 'told' ? 'confirmed' : 'none';
    if (entry.site !== site) await store.write([{ collection: 'blacklist', put: { ...entry, site } }]);
  });
}

async function send(ctx: DeskContext, operation: OperationDocument): Promise<{ outcome: SiteBlockOutcome; error: McError | null }> {
  const { cardId } = operation;
  try {
    const { site } = ctx;
    if (site.block === undefined || site.unblock === undefined) throw new McError('NOT_SUPPORTED', `Site ${site.siteId} has no blacklist.`);
    await ctx.send(async () => (operation.operation === 'block' ? site.block?.(cardId) : site.unblock?.(cardId)));
  } catch (error) {
    const failure = isMcError(error) ? error : new McError('OUTCOME_UNKNOWN', `Whether the site knows of the ${operation.operation} of card ${maskCard(cardId)} is not known.`, { cause: error });
    return unsent(ctx, operation, failure);
  }
  noteChange(ctx, cardId);
  await ctx.store.write(ended(ctx, operation, 'confirmed', null));
  return { outcome: 'told', error: null };
}

async function unsent(ctx: DeskContext, operation: OperationDocument, error: McError): Promise<{ outcome: SiteBlockOutcome; error: McError | null }> {
  // A site without such a card, or without a blacklist, has nothing to be told.
  if (error.code === 'CARD_NOT_FOUND' || error.code === 'NOT_SUPPORTED') {
    await ctx.store.write(ended(ctx, operation, 'rejected', error.code));
    return { outcome: 'unknown-card', error: null };
  }
  const put: OperationDocument = { ...operation, state: 'unknown', lastError: error.code, at: isoTime(ctx.now()) };
  await ctx.store.write([{ collection: 'operations', put }, operationTold(put, ctx.by)]);
  return { outcome: 'pending', error };
}

function ended(ctx: DeskContext, operation: Readonly<OperationDocument>, state: 'confirmed' | 'rejected', lastError: ErrorCode | null): StoreWrite[] {
  if (!isOpen(operation)) return [];
  const put: OperationDocument = { ...operation, state, lastError, at: isoTime(ctx.now()) };
  return [{ collection: 'operations', put }, operationTold(put, ctx.by)];
}

function noteChange(ctx: DeskContext, cardId: string): void {
  const known = changedAt.get(ctx.store) ?? new Map<string, number>();
  changedAt.set(ctx.store, known.set(cardId, ctx.now()));
}
