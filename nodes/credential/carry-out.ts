import { stillOpen, type DeskContext, type Result } from './desk-context';
import type { OperationDocument } from './documents';
import { type ErrorCode, isMcError, McError } from './mc-error';
import { beginUnderWay, endUnderWay, isOpen } from './open-operations';
import { operationTold } from './operation-audit';
import { confirmedWrites, openWrites, rejectedWrites } from './operation-outcome';
import { settle } from './settle';
import { noteContactIfStale } from './site-contact';
import { KeptSteps } from './kept-steps';
import type { OperationSteps, SiteAnswer } from './site-port';
import type { StoreWrite } from './store-port';

/** An intent and everything that is kept with it before the request goes out. */
export interface Intent {
  operation: OperationDocument;
  writes: StoreWrite[];
  /** True where an earlier request for the same may still have arrived. */
  repeated: boolean;
}

/** Refusals that a repeated request also gets when the earlier one had acted. */
const DOUBTFUL_WHEN_REPEATED: readonly ErrorCode[] = ['CARD_ALREADY_ISSUED', 'CARD_NOT_FOUND', 'USER_NOT_FOUND'];

/** Refusals that say that there is nothing to be done any more. */
const ENDS_A_RETRY: readonly ErrorCode[] = ['CARD_NOT_FOUND', 'USER_NOT_FOUND', 'CARD_ALREADY_ISSUED', 'CARD_QUARANTINED', 'ADMINISTRATOR_KEPT'];

/**
 * Keeps the intent that `prepare` makes (in the site's books), sends the request, keeps the outcome. `prepare` may
 * answer or throw instead; then, and when the intent cannot be kept, nothing is sent.
 */
export async function carryOut(
  ctx: DeskContext, prepare: () => Intent | Result, request: (operation: OperationDocument, steps: OperationSteps) => Promise<SiteAnswer>,
): Promise<Result> {
  const prepared = await ctx.inBooks(() => keepIntent(ctx, prepare));
  if ('ok' in prepared) return prepared;
  try {
    return await send(ctx, prepared, request);
  } finally {
    endUnderWay(ctx.store, prepared.operation._id);
  }
}

async function keepIntent(ctx: DeskContext, prepare: () => Intent | Result): Promise<Intent | Result> {
  const prepared = prepare();
  if ('ok' in prepared) return prepared;
  // Before anybody can see the intent: a list that arrives now must not settle what is only about to be sent.
  beginUnderWay(ctx.store, prepared.operation._id);
  try {
    await ctx.store.write([{ collection: 'operations', put: prepared.operation }, operationTold(prepared.operation, ctx.by), ...prepared.writes]);
  } catch (error) {
    endUnderWay(ctx.store, prepared.operation._id);
    throw error;
  }
  return prepared;
}

async function send(
  ctx: DeskContext, { operation: intent, repeated }: Intent, request: (operation: OperationDocument, steps: OperationSteps) => Promise<SiteAnswer>,
): Promise<Result> {
  const steps = new KeptSteps(ctx.store, intent);
  let answer: SiteAnswer;
  try {
    answer = await ctx.send(() => request(intent, steps));
  } catch (error) {
    const { operation } = steps;
    // What is not one of our errors says nothing about whether the request went out.
    const code = isMcError(error) ? error.code : 'OUTCOME_UNKNOWN';
    if (operation.operation === 'delete' && code === 'CARD_NOT_FOUND') return confirm(ctx, operation, { status: null });
    if (repeated && DOUBTFUL_WHEN_REPEATED.includes(code)) return settleNow(ctx, operation, error);
    if (code === 'OUTCOME_UNKNOWN') {
      await keep(ctx, () => openWrites(ctx.store, operation, ctx.now(), { state: 'unknown', lastError: 'OUTCOME_UNKNOWN', by: ctx.by }));
      return stillOpen(ctx, operation, error);
    }
    // Nobody waits for the outbox's answer: what the site was not ready for stays wanted.
    if (ctx.by === 'outbox' && !ENDS_A_RETRY.includes(code)) {
      await keep(ctx, () => openWrites(ctx.store, operation, ctx.now(), { state: 'unknown', lastError: code, by: 'outbox', notDone: true }));
      return stillOpen(ctx, operation, error);
    }
    await keep(ctx, () => rejectedWrites(ctx.store, operation, ctx.now(), code, ctx.by));
    return { ok: false, error: error as McError, record: ctx.recordOf(operation.formerCardId ?? operation.cardId), spent: spentBy(operation) };
  }
  return confirm(ctx, steps.operation, answer);
}

async function confirm(ctx: DeskContext, operation: OperationDocument, { status }: SiteAnswer): Promise<Result> {
  ctx.reading.noteSpent(operation.credits);
  const failure = await keep(ctx, () => confirmedWrites(ctx.store, operation, ctx.now(), { status, owed: false, by: ctx.by }));
  const record = ctx.recordOf(operation.cardId);
  if (failure !== null || record === null) {
    const error = failure ?? new McError('CARD_NOT_FOUND', 'The record was removed from the store meanwhile.');
    return { ok: false, error, record, spent: operation.credits };
  }
  if (operation.credits > 0) await noteContactIfStale(ctx.store, ctx.site.siteId, ctx.now());
  return { ok: true, record, spent: operation.credits };
}

/** What was undone may have cost a credit all the same. */
function spentBy(operation: Readonly<OperationDocument>): number {
  return operation.progress?.['spent'] === 'yes' ? operation.credits : 0;
}

/** A repeated request was refused as if the first had acted: the list tells. */
async function settleNow(ctx: DeskContext, operation: OperationDocument, refusal: unknown): Promise<Result> {
  await keep(ctx, () => openWrites(ctx.store, operation, ctx.now(), { state: 'unknown', lastError: (refusal as McError).code, by: ctx.by }));
  endUnderWay(ctx.store, operation._id);
  try {
    const list = await ctx.listIfAny(ctx.now());
    if (list !== null) await settle(ctx.site.siteId, list, ctx.store, ctx.clock);
  } catch (error) {
    if (!isMcError(error)) throw error;
    return stillOpen(ctx, operation, error);
  }
  const now = ctx.store.get('operations', operation._id) ?? operation;
  if (isOpen(now)) return stillOpen(ctx, now, refusal);
  const record = ctx.recordOf(operation.cardId);
  if (now.state === 'confirmed' && record !== null) {
    await tell(ctx, now);
    return { ok: true, record, spent: 0 };
  }
  return { ok: false, error: refusal as McError, record: ctx.recordOf(operation.formerCardId ?? operation.cardId), spent: 0 };
}

/** Notes that whoever asked for an operation now knows its outcome. */
export async function tell(ctx: DeskContext, { _id }: Readonly<OperationDocument>): Promise<void> {
  await ctx.inBooks(async () => {
    const operation = ctx.store.get('operations', _id);
    if (operation?.owed !== true) return;
    const told = { ...operation };
    delete told.owed;
    await ctx.store.write([{ collection: 'operations', put: told }]);
  });
}

/**
 * Keeps an outcome. Where the store cannot (it is full, it closes), the operation stays `sending` in it and is settled
 * by a list later; the error is answered.
 */
async function keep(ctx: DeskContext, writes: () => StoreWrite[]): Promise<McError | null> {
  try {
    await ctx.store.write(writes());
    return null;
  } catch (error) {
    if (!isMcError(error)) throw error;
    return error;
  }
}
