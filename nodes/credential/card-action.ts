import { carryOut, type Intent } from './carry-out';
import { marked, stillOpen, type DeskContext, type Result } from './desk-context';
import type { CredentialDocument, OperationDocument } from './documents';
import { cardsOf, ownerOf } from './find-cards';
import { readTarget } from './input-fields';
import { McError } from './mc-error';
import { openOn } from './open-operations';
import { maskCard, type CredentialRecord, type SiteOperation } from './record';
import { settleFirst } from './settle-first';

export type CardAction = 'resend' | 'suspend' | 'resume' | 'delete';

/** BioStar's Administrator: the how-to's additional information 4. */
const ADMINISTRATOR = '1';

/**
 * Open operations that must be settled before an action is sent. What takes access away does not wait for an open
 * operation that gives it.
 */
const WAITS_FOR: Readonly<Record<CardAction, readonly SiteOperation[]>> = {
  resend: ['issue', 'reissue', 'resend', 'delete'],
  suspend: ['issue', 'reissue', 'suspend', 'delete'],
  resume: ['issue', 'reissue', 'suspend', 'resume', 'delete'],
  delete: ['issue', 'reissue', 'delete'],
};

/** Carries out an action on one card, or on every live card of a user: then one record, or an array of several. */
export async function cardAction(ctx: DeskContext, action: CardAction, input: unknown): Promise<Result> {
  ctx.need(action);
  const target = readTarget(input);
  if (action === 'delete' && target.userId === ADMINISTRATOR) throw administratorKept();
  const userId = await ownerOf(ctx, target);
  if (action === 'delete' && userId === ADMINISTRATOR) throw administratorKept();
  return ctx.alone(userId, async () => {
    const open = await settleFirst(ctx, userId, WAITS_FOR[action], target.cardId === null ? {} : { cardIds: [target.cardId] });
    if (open !== null) return open;
    const records: CredentialRecord[] = [];
    for (const { cardId } of await cardsOf(ctx, { cardId: target.cardId, userId })) {
      const result = await actOn(ctx, action, cardId, null);
      if (!result.ok) return result;
      records.push(...(Array.isArray(result.record) ? result.record : [result.record]));
    }
    const [first] = records;
    if (first === undefined) throw new McError('CARD_NOT_FOUND', `User ${userId} has no card.`);
    return { ok: true, record: records.length === 1 ? first : records, spent: 0 };
  });
}

/** One action on one card, for whoever is alone with its user. `again`: the operation that is repeated. */
export async function actOn(
  ctx: DeskContext, action: CardAction, cardId: string, again: Readonly<OperationDocument> | null,
): Promise<Result> {
  return carryOut(ctx, () => prepare(ctx, action, cardId, again), (_operation, steps) => ctx.site[action](cardId, steps));
}

function prepare(
  ctx: DeskContext, action: CardAction, cardId: string, again: Readonly<OperationDocument> | null,
): Intent | Result {
  const doc = ctx.card(cardId);
  if (doc === undefined) throw new McError('CARD_NOT_FOUND', `Card ${maskCard(cardId)} is not in the store any more.`);
  const open = openOn(ctx.store, doc, WAITS_FOR[action]).find(({ _id }) => _id !== again?._id);
  if (open !== undefined) return stillOpen(ctx, open);
  if (isSoAlready(ctx, action, doc)) return { ok: true, record: ctx.record(doc), spent: 0 };
  if (doc.status === 'deleted') {
    throw new McError('CARD_NOT_FOUND', `Card ${maskCard(cardId)} of user ${doc.userId} is deleted. Use "issue" for a new one.`);
  }
  const operation = ctx.intent({ operation: action, cardId, userId: doc.userId, formerCardId: null }, again);
  return { operation, writes: [{ collection: 'credentials', put: marked(doc, operation) }], repeated: again !== null };
}

/** True where nothing needs to be sent. An open operation that goes the other way makes that doubtful. */
function isSoAlready(ctx: DeskContext, action: CardAction, doc: Readonly<CredentialDocument>): boolean {
  switch (action) {
    case 'delete': return doc.status === 'deleted';
    case 'suspend': return doc.status === 'paused' && openOn(ctx.store, doc, ['resume']).length === 0;
    case 'resume': return doc.status !== 'paused' && doc.status !== 'deleted' && openOn(ctx.store, doc, ['suspend']).length === 0;
    case 'resend': return false;
  }
}

function administratorKept(): McError {
  return new McError('ADMINISTRATOR_KEPT', 'The Administrator (user 1) and its card stay. Choose another user.');
}
