import { actOn } from './card-action';
import { complete, isStepped } from './complete';
import { stillOpen, type DeskContext, type Result } from './desk-context';
import type { OperationDocument } from './documents';
import { issueTo } from './issue';
import { McError } from './mc-error';
import { isOpen } from './open-operations';
import { replaceCard } from './reissue';
import { settle } from './settle';
import { settleFirst } from './settle-first';
import { tell } from './carry-out';

/**
 * Sends an operation once more, if it was not carried out. The site's list is read first: what it shows is confirmed;
 * only where a complete list that began after the request does not show it, the request goes out again, with the same
 * card number, so that a late arrival of the first can only collide with it.
 */
export async function retry(ctx: DeskContext, operationId: string | undefined): Promise<Result> {
  const { userId } = operationOf(ctx, operationId);
  return ctx.alone(userId, async () => {
    const operation = operationOf(ctx, operationId);
    const outcome = operation.state === 'confirmed' ? null : await sendAgain(ctx, operation);
    if (outcome !== null) return outcome;
    await tell(ctx, operation);
    const record = ctx.recordOf(operation.cardId);
    if (record === null) throw new McError('CARD_NOT_FOUND', 'That operation was carried out, and its card is not in the store any more.');
    return { ok: true, record, spent: 0 };
  });
}

/** The operation that a message names, of this site. INPUT_INVALID where there is none. */
export function operationOf(ctx: DeskContext, operationId: string | undefined): Readonly<OperationDocument> {
  const operation = operationId === undefined ? undefined : ctx.store.get('operations', operationId);
  if (operation?.site === ctx.site.siteId) return operation;
  throw new McError('INPUT_INVALID', operationId === undefined
    ? 'Say in msg.operationId which operation is meant: the "id" in the record\'s "pending".'
    : 'There is no operation with this msg.operationId in the store for this site.');
}

/** Null where the list shows that it was carried out. */
async function sendAgain(ctx: DeskContext, operation: Readonly<OperationDocument>): Promise<Result | null> {
  if (isStepped(ctx, operation)) {
    await complete(ctx, operation._id);
    const after = ctx.store.get('operations', operation._id) ?? operation;
    if (after.state === 'confirmed') return null;
    if (isOpen(after)) return stillOpen(ctx, after);
  } else if (isOpen(operation)) {
    const list = await ctx.listIfAny(operation.sentAt === null ? 0 : Date.parse(operation.sentAt));
    if (list === null) return stillOpen(ctx, operation);
    await settle(ctx.site.siteId, list, ctx.store, ctx.clock);
  }
  const now = ctx.store.get('operations', operation._id) ?? operation;
  if (now.state === 'confirmed') return null;
  switch (now.operation) {
    case 'issue': return issueAgain(ctx, now);
    case 'reissue': return reissueAgain(ctx, now);
    case 'block':
    case 'unblock': throw new McError('NOT_SUPPORTED', 'A block is repeated by mc-blacklist itself.');
    default: return actOn(ctx, now.operation, now.cardId, now);
  }
}

function issueAgain(ctx: DeskContext, operation: Readonly<OperationDocument>): Promise<Result> {
  const { person } = operation;
  if (person === undefined) throw new McError('INPUT_INVALID', 'Whom this operation was for is not kept any more. Use "issue" with the person.');
  return issueTo(ctx, person, operation);
}

async function reissueAgain(ctx: DeskContext, operation: Readonly<OperationDocument>): Promise<Result> {
  const open = await settleFirst(ctx, operation.userId, ['issue', 'reissue', 'delete'], { except: operation._id });
  if (open !== null) return open;
  const former = operation.formerCardId === null ? undefined : ctx.card(operation.formerCardId);
  if (former === undefined || former.status === 'deleted') {
    throw new McError('CARD_NOT_FOUND', `The card of user ${operation.userId} that was to be replaced is gone. Use "issue".`);
  }
  return replaceCard(ctx, former, operation.cardId, operation);
}
