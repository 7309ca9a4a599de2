import { adopt } from './adopt';
import { drawCardNumber } from './card-number';
import { carryOut, type Intent } from './carry-out';
import { isoTime } from './clock';
import { checkCredits } from './credit-check';
import { marked, type DeskContext, type Result } from './desk-context';
import { credentialId, type CredentialDocument, type OperationDocument } from './documents';
import { isMcError, McError } from './mc-error';
import { validatePerson } from './person';
import { requirePeriod } from './person-period';
import { maskCard, STATUS_TEXTS, type Doors, type Person } from './record';
import { settleFirst } from './settle-first';
import { SETTLE_GRACE_MS } from './settle-grace';
import { refuseInactive } from './site-active';
import { liveRows, liveRowsOf } from './list-rows';
import type { SiteList } from './site-port';
import type { DatedInfo } from './site-reading';

/** Issues a credential to a person, or answers with the one that the person has. Spends one credit or none. */
export async function issue(ctx: DeskContext, input: unknown): Promise<Result> {
  ctx.need('issue');
  const { messaging, nameRule, timeZone } = ctx.site;
  const person = validatePerson(input, { messaging, nameRule, timeZone, accessType: null });
  return ctx.alone(person.userId, () => issueTo(ctx, person, null));
}

/** As `issue`, for whoever is alone with the user. `again`: the operation that is repeated. */
export async function issueTo(ctx: DeskContext, person: Person, again: Readonly<OperationDocument> | null): Promise<Result> {
  const open = await settleFirst(ctx, person.userId, ['issue', 'reissue', 'delete'], { except: again?._id });
  if (open !== null) return open;
  const known = await presentCard(ctx, person, again);
  if (known !== null) return known;

  const list = await ctx.listIfAny(Date.parse(again?.sentAt ?? '') || 0);
  const found = list === null ? null : await presentAtSite(ctx, person, list);
  if (found !== null) return found;

  const lost = again ?? lostIssue(ctx, person.userId);
  if (lost !== null && person.cardId !== null && person.cardId !== lost.cardId && mayStillArrive(ctx, lost)) {
    throw new McError('OUTCOME_UNKNOWN', `An earlier issue for user ${person.userId} with another card number may still arrive at the site. Ask again in two minutes.`);
  }
  return withCredits(ctx, (figures) => {
    refuseInactive(figures.info);
    requirePeriod(person, figures.info.accessType, person.userId);
    return carryOut(ctx, () => prepareIssue(ctx, person, figures, list, { again, lost }), ({ cardId }, steps) => ctx.site.issue(person, cardId, steps));
  });
}

/**
 * Runs `work` with the site's credit figures. Where figures read earlier in the same message make it refuse, it is
 * asked once more with fresh ones.
 */
export async function withCredits(ctx: DeskContext, work: (figures: DatedInfo) => Promise<Result>): Promise<Result> {
  const earlier = ctx.reading.knownInfo;
  const figures = await ctx.reading.info();
  try {
    return await work(figures);
  } catch (error) {
    const aged = figures.info === earlier || ctx.reading.spentSince(figures) > 0;
    if (!aged || !isMcError(error, 'NO_CREDIT', 'CREDIT_LIMIT', 'SITE_NOT_ACTIVE')) throw error;
    return work(await ctx.reading.freshInfo());
  }
}

/** True where `cardId` may not be given to a user: another one of this site holds it. */
export function heldByAnother(ctx: DeskContext, cardId: string, userId: string, list: SiteList | null): boolean {
  const doc = ctx.card(cardId);
  if (doc !== undefined && doc.userId !== userId && (doc.provisional || doc.status !== 'deleted')) return true;
  const row = list === null ? undefined : liveRows(list).get(cardId);
  return row !== undefined && row.userId !== userId;
}

/** A number that neither the store nor, as far as it was read, the site knows. */
export function drawNumber(ctx: DeskContext, list: SiteList | null): string {
  const atSite = list === null ? null : liveRows(list);
  return drawCardNumber(ctx.random, (cardId) => atSite?.has(cardId) === true || ctx.store.credentialsWith(cardId).length > 0);
}

/** What the store alone answers: the user's card, or that this number is not to be had. Null: nothing is known. */
async function presentCard(ctx: DeskContext, person: Person, again: Readonly<OperationDocument> | null): Promise<Result | null> {
  const known = knownCard(ctx, person, again);
  if (known === null || !known.ok) return known;
  const doc = ctx.card((known.record as { cardId: string }).cardId);
  if (doc === undefined || person.doors === null || sameDoors(doc.doors, person.doors)) return known;
  await ctx.inBooks(async () => {
    const current = ctx.card(doc.cardId);
    if (current === undefined) return;
    await ctx.store.write([{ collection: 'credentials', put: { ...current, doors: person.doors ?? current.doors, updatedAt: isoTime(ctx.now()) } }]);
  });
  return { ...known, record: ctx.recordOf(doc.cardId) ?? known.record };
}

function knownCard(ctx: DeskContext, person: Person, again: Readonly<OperationDocument> | null): Result | null {
  const live = ctx.liveCards(person.userId);
  const card = person.cardId === null ? live[0] : live.find(({ cardId }) => cardId === person.cardId);
  if (card !== undefined) return { ok: true, record: ctx.record(card), spent: 0 };
  if (live[0] !== undefined) {
    return {
      ok: false, record: ctx.record(live[0]), spent: 0,
      error: new McError('CARD_ALREADY_ISSUED', `User ${person.userId} already has card ${maskCard(live[0].cardId)}. Use "reissue" to replace it, or "delete" it first.`),
    };
  }
  if (person.cardId !== null && again?.cardId !== person.cardId && heldByAnother(ctx, person.cardId, person.userId, null)) throw numberTaken(person.cardId);
  return null;
}

/** What the site's list answers where the store knows nothing: a card found there becomes a record here. */
async function presentAtSite(ctx: DeskContext, person: Person, list: SiteList): Promise<Result | null> {
  for (const row of liveRowsOf(list, person.userId)) await adopt(ctx, list, row, person.doors);
  const known = await presentCard(ctx, person, null);
  if (known !== null) return known;
  if (person.cardId !== null && heldByAnother(ctx, person.cardId, person.userId, list)) throw numberTaken(person.cardId);
  return null;
}

function prepareIssue(
  ctx: DeskContext, person: Person, figures: DatedInfo, list: SiteList | null,
  { again, lost }: { again: Readonly<OperationDocument> | null; lost: Readonly<OperationDocument> | null },
): Intent | Result {
  // Asked once more: a poll may have brought the card since.
  const known = knownCard(ctx, person, again);
  if (known !== null) return known;
  checkCredits(ctx, figures, again?._id ?? null);
  if (again !== null && heldByAnother(ctx, again.cardId, person.userId, list)) throw numberTaken(again.cardId);
  const reusable = lost !== null && !heldByAnother(ctx, lost.cardId, person.userId, list) ? lost.cardId : null;
  const cardId = again?.cardId ?? person.cardId ?? reusable ?? leftNumber(ctx, person.userId) ?? drawNumber(ctx, list);
  const operation: OperationDocument = {
    ...ctx.intent({ operation: 'issue', cardId, userId: person.userId, formerCardId: null }, again), person,
  };
  const doc = marked(newRecord(ctx.site.siteId, person, cardId, person.doors ?? '*'), operation);
  return {
    operation,
    writes: [{ collection: 'credentials', put: doc }],
    repeated: lost?.cardId === cardId,
  };
}

/** A record of which nothing is confirmed yet: it opens nothing. */
function newRecord(siteId: string, person: Person, cardId: string, doors: Doors): CredentialDocument {
  const { userId, name, email, phone, department, title, validFrom, validTo } = person;
  return {
    _id: credentialId(siteId, cardId),
    cardId, userId, name, email, phone, department, title,
    status: 'reserved', statusText: STATUS_TEXTS.reserved,
    blacklisted: null,
    validFrom, validTo, doors,
    site: siteId,
    replaces: null, issuedAt: null, activatedAt: null, updatedAt: '',
    pending: [],
    supersededBy: null, provisional: true, touchedAt: 0,
  };
}

/**
 * The user's last issue, where its answer was lost and nothing came of it. Its number is taken again: should that
 * request arrive after all, the two can only collide at the site as one number asked for twice.
 */
function lostIssue(ctx: DeskContext, userId: string): Readonly<OperationDocument> | null {
  let last: Readonly<OperationDocument> | null = null;
  for (const operation of ctx.store.operationsOf(ctx.site.siteId, userId)) {
    if (operation.operation !== 'issue') continue;
    if (last === null || operation.at >= last.at) last = operation;
  }
  return last?.state === 'rejected' && last.lastError === 'OUTCOME_UNKNOWN' ? last : null;
}

/** The number of the user's last issue, where the site refused it after it had taken a note of that number. */
function leftNumber(ctx: DeskContext, userId: string): string | null {
  const left = ctx.store.operationsOf(ctx.site.siteId, userId)
    .filter(({ operation, state, progress }) => operation === 'issue' && state === 'rejected' && progress?.['uid'] !== undefined && progress['spent'] !== 'yes')
    .at(-1);
  return left === undefined || ctx.card(left.cardId) !== undefined ? null : left.cardId;
}

function mayStillArrive(ctx: DeskContext, { sentAt }: Readonly<OperationDocument>): boolean {
  return sentAt !== null && ctx.now() - Date.parse(sentAt) <= SETTLE_GRACE_MS;
}

function numberTaken(cardId: string): McError {
  return new McError('CARD_ALREADY_ISSUED', `Card ${maskCard(cardId)} belongs to another user. Choose another number, or leave "cardId" out.`);
}

function sameDoors(a: Doors, b: Doors): boolean {
  if (a === '*' || b === '*') return a === b;
  return a.length === b.length && a.every((door) => b.includes(door));
}
