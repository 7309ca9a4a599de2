import type { DeskContext, Result } from './desk-context';
import { McError } from './mc-error';
import { isOpen } from './open-operations';
import { rejectedWrites } from './operation-outcome';
import { operationOf } from './retry';

/**
 * Gives an open operation up: it becomes `rejected`, its record is what it was before (a card that was never
 * confirmed leaves the store and is answered once more). Nothing is asked of the site; should it have acted, its list
 * shows it. The operation's card number is kept for the user's next issue.
 */
export async function abandon(ctx: DeskContext, operationId: string | undefined): Promise<Result> {
  const { userId } = operationOf(ctx, operationId);
  return ctx.alone(userId, () => ctx.inBooks(async () => {
    const operation = operationOf(ctx, operationId);
    if (!isOpen(operation)) {
      throw new McError('INPUT_INVALID', `That operation is ${operation.state}: there is nothing to give up.`);
    }
    const before = ctx.recordOf(operation.cardId);
    await ctx.store.write(rejectedWrites(ctx.store, operation, ctx.now(), operation.lastError ?? 'OUTCOME_UNKNOWN', 'person'));
    const record = ctx.recordOf(operation.formerCardId ?? operation.cardId)
      ?? (before === null ? null : { ...before, pending: [] });
    if (record === null) throw new McError('CARD_NOT_FOUND', 'The operation is given up; its card is not in the store.');
    return { ok: true, record, spent: 0 };
  }));
}
