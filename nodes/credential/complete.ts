import type { DeskContext } from './desk-context';
import type { OperationDocument } from './documents';
import { KeptSteps } from './kept-steps';
import { isMcError, type ErrorCode } from './mc-error';
import { beginUnderWay, endUnderWay, isOpen, isUnderWay } from './open-operations';
import { confirmedWrites, openWrites, rejectedWrites } from './operation-outcome';
import type { SiteAnswer } from './site-port';
import { isoTime } from './clock';

/** Failures that say nothing about the operation: it stays open and is tried again. */
const STAYS_OPEN: readonly ErrorCode[] = [
  'OUTCOME_UNKNOWN', 'SITE_UNREACHABLE', 'SITE_TLS', 'SITE_ANSWER_INVALID', 'LOGIN_REFUSED', 'ACCOUNT_LOCKED', 'RATE_LIMITED', 'QUEUE_FULL',
  'PERMISSION_DENIED', 'SITE_NOT_ACTIVE', 'SITE_NOT_FOUND', 'NOT_SUPPORTED',
];

/** True for an open operation that this site itself brings to its end, step by step. */
export function isStepped(ctx: DeskContext, operation: Readonly<OperationDocument>): boolean {
  return ctx.site.complete !== undefined && operation.progress !== undefined && isOpen(operation);
}

/**
 * Has the site bring an interrupted operation to its end: carried out, undone, or still open with the reason. For
 * whoever is alone with the operation's user. What is found carried out stays `owed` where it spent a credit, so that
 * whoever asks again is given it.
 */
export async function complete(ctx: DeskContext, id: string): Promise<void> {
  const found = ctx.store.get('operations', id);
  if (found === undefined || !isStepped(ctx, found) || isUnderWay(ctx.store, id)) return;
  beginUnderWay(ctx.store, id);
  try {
    const tried: OperationDocument = { ...found, attempts: found.attempts + 1, sentAt: isoTime(ctx.now()), at: isoTime(ctx.now()) };
    await ctx.store.write([{ collection: 'operations', put: tried }]);
    await finish(ctx, new KeptSteps(ctx.store, tried));
  } finally {
    endUnderWay(ctx.store, id);
  }
}

async function finish(ctx: DeskContext, steps: KeptSteps): Promise<void> {
  const { operation, cardId, formerCardId, person = null } = steps.operation;
  let answer: SiteAnswer;
  try {
    answer = await ctx.send(() => (ctx.site.complete as NonNullable<typeof ctx.site.complete>)(
      { operation: operation as 'issue' | 'reissue' | 'delete', cardId, formerCardId, person }, steps));
  } catch (error) {
    const code = isMcError(error) ? error.code : 'OUTCOME_UNKNOWN';
    await ctx.store.write(STAYS_OPEN.includes(code)
      ? openWrites(ctx.store, steps.operation, ctx.now(), { state: 'unknown', lastError: code, by: ctx.by })
      : rejectedWrites(ctx.store, steps.operation, ctx.now(), code, ctx.by));
    return;
  }
  ctx.reading.noteSpent(steps.operation.credits);
  await ctx.store.write(confirmedWrites(ctx.store, steps.operation, ctx.now(), { status: answer.status, owed: operation === 'reissue', by: ctx.by }));
}
