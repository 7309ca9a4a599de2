import type { DeskContext, Result } from './desk-context';
import { readTarget } from './input-fields';
import { McError } from './mc-error';
import { STATUS_TEXTS, type CredentialRecord } from './record';

/**
 * Takes a deleted card's number off the register in which the site keeps it back (suprema-api A6.3), so that it may be
 * given to somebody again. Input `{ cardId }`. Answers with the deleted card's record.
 */
export async function release(ctx: DeskContext, input: unknown): Promise<Result> {
  if (ctx.site.release === undefined) throw new McError('NOT_SUPPORTED', `Site ${ctx.site.siteId} keeps no deleted numbers back.`);
  const { cardId } = readTarget(typeof input === 'string' ? { cardId: input } : input);
  if (cardId === null) throw new McError('INPUT_INVALID', 'Say in "cardId" which number is to be released.');
  await ctx.site.release(cardId);
  return { ok: true, record: ctx.recordOf(cardId) ?? unknownRecord(ctx, cardId), spent: 0 };
}

function unknownRecord(ctx: DeskContext, cardId: string): CredentialRecord {
  return {
    cardId, userId: '', name: null, email: null, phone: null, department: null, title: null,
    status: 'deleted', statusText: STATUS_TEXTS.deleted, blacklisted: null, validFrom: null, validTo: null, doors: [],
    site: ctx.site.siteId, replaces: null, issuedAt: null, activatedAt: null, updatedAt: '', pending: [],
  };
}
