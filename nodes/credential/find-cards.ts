import { adopt } from './adopt';
import type { DeskContext } from './desk-context';
import type { CredentialDocument } from './documents';
import type { Target } from './input-fields';
import { liveRows, liveRowsOf } from './list-rows';
import { isMcError, McError } from './mc-error';
import { maskCard } from './record';
import type { SiteCredential, SiteList } from './site-port';

/** Whose card is meant: by the store, else by the site's list. CARD_NOT_FOUND where neither knows it. */
export async function ownerOf(ctx: DeskContext, { cardId, userId }: Target): Promise<string> {
  if (cardId === null) return userId ?? '';
  const doc = ctx.card(cardId);
  const owner = doc?.userId ?? (await rowOf(ctx, cardId))?.userId;
  if (owner === undefined) throw cardNotFound(ctx, cardId);
  if (userId !== null && userId !== owner) {
    throw new McError('CARD_NOT_FOUND', `User ${userId} has no card ${maskCard(cardId)}. Check "cardId" and "userId".`);
  }
  return owner;
}

/**
 * The cards that are meant: the one, or every live one of the user. Where the store has no live one the site is read
 * and what it has is taken over; a card that is deleted there too is given as it is. For whoever is alone with the user.
 */
export async function cardsOf(ctx: DeskContext, { cardId, userId }: { cardId: string | null; userId: string }): Promise<Readonly<CredentialDocument>[]> {
  const present = inStore(ctx, cardId, userId);
  if (present.some(({ status }) => status !== 'deleted')) return present;
  const list = await listForLookup(ctx, present.length > 0);
  if (list !== null) {
    for (const row of liveRowsOf(list, userId)) {
      if (cardId === null || row.cardId === cardId) await adopt(ctx, list, row, null);
    }
  }
  const found = inStore(ctx, cardId, userId);
  if (found.length > 0) return found;
  if (cardId !== null) throw cardNotFound(ctx, cardId);
  throw new McError('USER_NOT_FOUND', `Neither the store nor site ${ctx.site.siteId} has a card of user ${userId}.`);
}

/** The one card; or the user's live ones, and where there is none the last of the deleted ones. */
function inStore(ctx: DeskContext, cardId: string | null, userId: string): Readonly<CredentialDocument>[] {
  if (cardId !== null) {
    const doc = ctx.card(cardId);
    return doc === undefined ? [] : [doc];
  }
  const live = ctx.liveCards(userId);
  if (live.length > 0) return live;
  return ctx.store.credentialsOf(ctx.site.siteId, userId)
    .filter(({ provisional }) => !provisional)
    .sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1))
    .slice(0, 1);
}

async function rowOf(ctx: DeskContext, cardId: string): Promise<SiteCredential | undefined> {
  const list = await listForLookup(ctx);
  return list === null ? undefined : liveRows(list).get(cardId);
}

/** The list, or null where the site has none. `optional`: the store has an answer, so a list that fails is left. */
async function listForLookup(ctx: DeskContext, optional = false): Promise<SiteList | null> {
  try {
    return await ctx.listIfAny();
  } catch (error) {
    if (isMcError(error) && (optional || error.code === 'NOT_SUPPORTED')) return null;
    throw error;
  }
}

function cardNotFound(ctx: DeskContext, cardId: string): McError {
  return new McError('CARD_NOT_FOUND', `Neither the store nor site ${ctx.site.siteId} has card ${maskCard(cardId)}.`);
}
