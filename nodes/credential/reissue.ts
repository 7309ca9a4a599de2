import { carryOut, tell, type Intent } from './carry-out';
import { checkCredits } from './credit-check';
import { marked, type DeskContext, type Result } from './desk-context';
import { credentialId, type CredentialDocument, type OperationDocument } from './documents';
import { cardsOf, ownerOf } from './find-cards';
import { fieldsOf, optionalCardId, readTarget } from './input-fields';
import { drawNumber, heldByAnother, withCredits } from './issue';
import { liveRows } from './list-rows';
import { McError } from './mc-error';
import { maskCard, STATUS_TEXTS } from './record';
import { settleFirst } from './settle-first';
import { refuseInactive } from './site-active';
import type { DatedInfo } from './site-reading';
import type { StorePort } from './store-port';

/** For so long a re-issue whose answer was lost is handed to who asks for one again. */
const OWED_MS = 24 * 3_600_000;

const underWay = new WeakMap<StorePort, Map<string, Promise<Result>>>();

/**
 * Replaces a user's card by a new one. Input `{ userId }` or `{ cardId }` (the present card), and `newCardId` where
 * the new number is not to be drawn. As in a person, a `cardId` that nobody knows beside a `userId` is the new number.
 */
export async function reissue(ctx: DeskContext, input: unknown): Promise<Result> {
  ctx.need('reissue');
  const { cardId, userId } = readTarget(input);
  const key = JSON.stringify([ctx.site.siteId, userId, cardId, fieldsOf(input, '')['newCardId']]);
  const running = underWay.get(ctx.store) ?? new Map<string, Promise<Result>>();
  underWay.set(ctx.store, running);
  const same = running.get(key);
  // The same order while it is being carried out is a message sent twice, not a second phone.
  if (same !== undefined) return same.then((result) => (result.ok ? { ...result, spent: 0 } : result));
  const mine = reissueOnce(ctx, input).finally(() => { running.delete(key); });
  running.set(key, mine);
  return mine;
}

async function reissueOnce(ctx: DeskContext, input: unknown): Promise<Result> {
  const target = readTarget(input);
  let newCardId = optionalCardId(fieldsOf(input, 'an object with "userId" or "cardId"'), 'newCardId');
  if (newCardId === null && target.userId !== null && target.cardId !== null && await isUnknownNumber(ctx, target.cardId)) {
    newCardId = target.cardId;
    target.cardId = null;
  }
  const userId = await ownerOf(ctx, target);
  return ctx.alone(userId, async () => {
    const open = await settleFirst(ctx, userId, ['issue', 'reissue', 'delete']);
    if (open !== null) return open;
    const owed = owedReissue(ctx, userId, target.cardId);
    if (owed !== null) {
      await tell(ctx, owed);
      const record = ctx.recordOf(owed.cardId);
      if (record !== null) return { ok: true, record, spent: 0 };
    }
    const cards = (await cardsOf(ctx, { ...target, userId })).filter(({ status }) => status !== 'deleted');
    const [former] = cards;
    if (former === undefined) {
      throw new McError('CARD_NOT_FOUND', `User ${userId} has no live card to replace. Use "issue".`);
    }
    if (cards.length > 1) throw new McError('INPUT_INVALID', `User ${userId} has ${cards.length} cards. Say in "cardId" which one is replaced.`);
    return replaceCard(ctx, former, newCardId, null);
  });
}

/** The request itself, for whoever is alone with the user. `again`: the operation that is repeated. */
export async function replaceCard(
  ctx: DeskContext, former: Readonly<CredentialDocument>, newCardId: string | null, again: Readonly<OperationDocument> | null,
): Promise<Result> {
  return withCredits(ctx, (figures) => {
    refuseInactive(figures.info);
    return carryOut(
      ctx, () => prepareReissue(ctx, former.cardId, newCardId, figures, again),
      (operation, steps) => ctx.site.reissue(former.cardId, operation.cardId, steps),
    );
  });
}

function prepareReissue(
  ctx: DeskContext, formerCardId: string, newCardId: string | null, figures: DatedInfo, again: Readonly<OperationDocument> | null,
): Intent {
  const former = ctx.card(formerCardId);
  if (former === undefined || former.status === 'deleted') {
    throw new McError('CARD_NOT_FOUND', `Card ${maskCard(formerCardId)} was deleted meanwhile. Use "issue".`);
  }
  const taken = newCardId !== null && newCardId !== again?.cardId
    && (newCardId === formerCardId || heldByAnother(ctx, newCardId, former.userId, null) || ctx.liveCards(former.userId).some(({ cardId }) => cardId === newCardId));
  if (taken) throw new McError('CARD_ALREADY_ISSUED', `Card ${maskCard(newCardId)} is in use. Choose another number, or leave it out.`);
  checkCredits(ctx, figures, again?._id ?? null);
  const cardId = newCardId ?? drawNumber(ctx, null);
  const operation = ctx.intent({ operation: 'reissue', cardId, userId: former.userId, formerCardId }, again);
  const next: CredentialDocument = {
    ...former,
    _id: credentialId(ctx.site.siteId, cardId),
    cardId,
    status: 'reserved', statusText: STATUS_TEXTS.reserved,
    replaces: formerCardId,
    issuedAt: null, activatedAt: null,
    pending: [],
    supersededBy: null, provisional: true,
  };
  return {
    operation,
    // The mark on the former card ends it at the doors before the site has answered.
    writes: [
      { collection: 'credentials', put: marked(next, operation) },
      { collection: 'credentials', put: marked(former, operation) },
    ],
    repeated: again !== null,
  };
}

/** A re-issue that a list confirmed after its answer was lost, while its card lives: it is what is asked for again. */
function owedReissue(ctx: DeskContext, userId: string, cardId: string | null): Readonly<OperationDocument> | null {
  for (const operation of ctx.store.operationsOf(ctx.site.siteId, userId)) {
    if (operation.owed !== true) continue;
    if (cardId === null ? ctx.now() - Date.parse(operation.since) > OWED_MS : cardId !== operation.formerCardId) continue;
    const doc = ctx.card(operation.cardId);
    if (doc !== undefined && doc.status !== 'deleted') return operation;
  }
  return null;
}

async function isUnknownNumber(ctx: DeskContext, cardId: string): Promise<boolean> {
  if (ctx.card(cardId) !== undefined) return false;
  const list = await ctx.listIfAny();
  return list === null || !liveRows(list).has(cardId);
}
