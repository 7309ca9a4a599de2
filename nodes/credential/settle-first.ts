import { complete, isStepped } from './complete';
import { stillOpen, type DeskContext, type Result } from './desk-context';
import { isMcError } from './mc-error';
import { openOf } from './open-operations';
import { rejectedWrites } from './operation-outcome';
import type { SiteOperation } from './record';
import { settle } from './settle';

/**
 * Before anything is sent for a user: open operations of these kinds are settled by the site's list. Null where none
 * is open any more; else the answer OUTCOME_UNKNOWN.
 * @param only `cardIds`: operations on these cards; `except`: not the operation that is being repeated
 */
export async function settleFirst(
  ctx: DeskContext, userId: string, kinds: readonly SiteOperation[], only: { cardIds?: readonly string[]; except?: string | undefined } = {},
): Promise<Result | null> {
  const open = (): ReturnType<typeof openOf> => openOf(ctx.store, ctx.site.siteId, userId, kinds)
    .filter(({ _id, cardId, formerCardId }) => _id !== only.except
      && (only.cardIds?.some((wanted) => wanted === cardId || wanted === formerCardId) ?? true));
  const before = open();
  if (before.length === 0) return null;
  let cause: unknown;
  try {
    const latest = Math.max(...before.map(({ sentAt }) => (sentAt === null ? 0 : Date.parse(sentAt))));
    if (before.some((operation) => !isStepped(ctx, operation))) {
      const list = await ctx.listIfAny(latest);
      if (list !== null) await settle(ctx.site.siteId, list, ctx.store, ctx.clock);
    }
    for (const operation of open()) await complete(ctx, operation._id);
  } catch (error) {
    if (!isMcError(error)) throw error;
    cause = error;
  }
  // What is proven undone and would be sent again gives way to what is asked now.
  await ctx.inBooks(async () => {
    for (const operation of open()) {
      if (operation.notDone !== true) continue;
      await ctx.store.write(rejectedWrites(ctx.store, operation, ctx.now(), operation.lastError ?? 'OUTCOME_UNKNOWN', ctx.by));
    }
  });
  const [left] = open();
  return left === undefined ? null : stillOpen(ctx, left, cause);
}
