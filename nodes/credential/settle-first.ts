import { stillOpen, type DeskContext, type Result } from './desk-context';
import { isMcError } from './mc-error';
import { openOf } from './open-operations';
import type { SiteOperation } from './record';
import { settle } from './settle';

/**
 * Before anything is sent for a user: open operations of these kinds are settled by the site's list. Null where none
 * is open any more; else the answer OUTCOME_UNKNOWN.
 * @param cardIds only operations on these cards, where given
 */
export async function settleFirst(
  ctx: DeskContext, userId: string, kinds: readonly SiteOperation[], cardIds: readonly string[] | null = null,
): Promise<Result | null> {
  const open = (): ReturnType<typeof openOf> => openOf(ctx.store, ctx.site.siteId, userId, kinds)
    .filter(({ cardId, formerCardId }) => cardIds === null || cardIds.includes(cardId) || (formerCardId !== null && cardIds.includes(formerCardId)));
  const before = open();
  if (before.length === 0) return null;
  let cause: unknown;
  try {
    const latest = Math.max(...before.map(({ sentAt }) => (sentAt === null ? 0 : Date.parse(sentAt))));
    const list = await ctx.listIfAny(latest);
    if (list !== null) await settle(ctx.site.siteId, list, ctx.store, ctx.clock);
  } catch (error) {
    if (!isMcError(error)) throw error;
    cause = error;
  }
  const [left] = open();
  return left === undefined ? null : stillOpen(ctx, left, cause);
}
