import { isMcError, McError, type ErrorCode } from '../../credential/mc-error';
import { maskCard, type Person } from '../../credential/record';
import type { Interrupted, OperationSteps, SiteAnswer } from '../../credential/site-port';
import { isMissingCall } from './biostar-dialect';
import type { BiostarUser } from './biostar-user';
import type { Cards } from './cards';
import { biostarTime } from './envelope';
import type { Holder, Mobile, PortalWord } from './mobile';
import { type Users, userNotFound } from './users';

/** Cards a user may have beside the mobile one (suprema-api A4.4). */
const MOST_CARDS = 8;

/** Refusals of a session or a server, which say nothing about the step that met them: it is tried again later. */
const PASSING: readonly ErrorCode[] = ['OUTCOME_UNKNOWN', 'SITE_UNREACHABLE', 'SITE_TLS', 'LOGIN_REFUSED', 'ACCOUNT_LOCKED', 'RATE_LIMITED', 'QUEUE_FULL', 'SITE_ANSWER_INVALID'];

/** What a site knows that its cards depend on. */
export interface MobileFacts {
  /** Throws SITE_NOT_ACTIVE where mobile access is not set up. */
  siteType(): Promise<'REGULAR' | 'DYNAMIC'>;
  /** The server turned out not to have `mobile/replace`, or not. */
  canReplace: boolean;
  readonly messaging: 'email' | 'text';
  /** True where the portal site that is configured beside says that it has the card; null: nobody can say. */
  portalHas(cardId: string, userId: string): Promise<boolean | null>;
}

/**
 * Mobile cards in the documented order: card record, portal, user (suprema-api A6). Before the request that spends a
 * credit its step is kept, so that what is interrupted is brought to its end and never issued twice: the card number
 * is the key, a number the portal has already is refused there.
 *
 * Progress: `step` is the furthest request that may have gone out (`portal`, `user`, `undo`), `uid` BioStar's ID of the
 * card, `spent` 'yes' once the portal has issued it.
 */
export class MobileCards {
  constructor(private readonly cards: Cards, private readonly mobile: Mobile, private readonly users: Users, private readonly facts: MobileFacts) {}

  async issue(person: Person, cardId: string, steps: OperationSteps): Promise<SiteAnswer> {
    const isDynamic = await this.facts.siteType() === 'DYNAMIC';
    const [known, user] = await Promise.all([this.cards.registered(cardId), this.users.get(person.userId)]);
    refuseMoreCards(user, null);
    const uid = await this.record(known, cardId, user, person);
    await steps.keep({ step: 'portal', uid });
    const word = await this.mobile.create(user, person, cardId, isDynamic);
    return this.assigned({ cardId, uid, without: null }, word, steps);
  }

  /** In one call where the server has it, else the former is deleted and a new one issued. */
  async reissue(cardId: string, newCardId: string, steps: OperationSteps): Promise<SiteAnswer> {
    const isDynamic = await this.facts.siteType() === 'DYNAMIC';
    const [known, user] = await Promise.all([this.cards.registered(newCardId), this.users.get(steps.userId)]);
    const former = user.cards?.find((card) => card.cardId === cardId);
    refuseMoreCards(user, cardId);
    const holder = holderOf(user);
    if (holder.phone?.startsWith('+') !== true && this.facts.messaging === 'text') {
      throw new McError('PHONE_MISSING', `User ${user.userId} has no phone number with country code in BioStar, to which the new card is sent. Fill it in first.`);
    }
    if (holder.email === null && this.facts.messaging === 'email') {
      throw new McError('EMAIL_MISSING', `User ${user.userId} has no e-mail address in BioStar, to which the new card is sent. Fill it in first.`);
    }
    const uid = await this.record(known, newCardId, user, holder);
    if (this.facts.canReplace) {
      await steps.keep({ step: 'replace', uid });
      const replaced = await this.replaced(user, holder, { former: cardId, next: newCardId }, isDynamic);
      if (replaced !== null) {
        if (replaced.formerLeft) await this.endLeft(cardId, steps);
        return this.assigned({ cardId: newCardId, uid, without: former?.uid ?? null }, null, steps);
      }
    }
    await steps.keep({ step: 'former', uid });
    await this.mobile.deleteCard(cardId);
    try {
      await steps.keep({ step: 'portal', uid });
      // Who has a mobile card, be it one that the portal no longer has, is issued no other.
      await this.takeFrom(steps.userId, cardId);
      const word = await this.mobile.create(user, holder, newCardId, isDynamic);
      return await this.assigned({ cardId: newCardId, uid, without: former?.uid ?? null }, word, steps);
    } catch (error) {
      if (steps.progress['spent'] === 'yes') throw error;
      throw halfDone(`The former card of user ${user.userId} is deleted at the portal, and the new one is not issued yet.`, error);
    }
  }

  /** At the portal first, then from the user: a phone that is gone must not be left with a working card. */
  async delete(cardId: string, steps: OperationSteps): Promise<SiteAnswer> {
    if (steps.progress['step'] !== 'user' && await this.facts.portalHas(cardId, steps.userId).catch(() => null) !== false) await this.deleteAtPortal(cardId);
    try {
      await steps.keep({ step: 'user' });
      await this.takeFrom(steps.userId, cardId);
    } catch (error) {
      throw halfDone(`Card ${maskCard(cardId)} is deleted at the portal, and BioStar could not take it from user ${steps.userId} yet.`, error);
    }
    return { status: 'deleted' };
  }

  /** Brings an interrupted operation to its end. Any error but a passing one says that it is undone. */
  async complete({ operation, cardId, formerCardId, person }: Interrupted, steps: OperationSteps): Promise<SiteAnswer> {
    if (operation === 'delete') return this.delete(cardId, steps);
    const { step, uid } = steps.progress;
    if (step === undefined || uid === undefined) throw new McError('CARD_NOT_FOUND', `Card ${maskCard(cardId)} was not issued, and nothing was spent.`);
    if (step === 'undo') return this.undo(cardId, steps, new McError('CARD_NOT_FOUND', `Card ${maskCard(cardId)} was taken back.`));
    const user = await this.users.find(steps.userId);
    if (user === null) return this.undo(cardId, steps, userNotFound(steps.userId));
    const former = user.cards?.find((card) => card.cardId === formerCardId)?.uid ?? null;
    const target = { cardId, uid, without: former };
    if (steps.progress['left'] === 'yes' && formerCardId !== null) await this.endLeft(formerCardId, steps);
    const hasIt = user.cards?.some((card) => card.uid === uid) === true;
    if (hasIt && former === null) return { status: null };
    if (step === 'user' || hasIt) return this.assigned(target, null, steps);
    const isDynamic = await this.facts.siteType() === 'DYNAMIC';
    if (step === 'replace' || step === 'former') await this.endFormer(formerCardId, steps.userId);
    if (former !== null && formerCardId !== null) await this.takeFrom(steps.userId, formerCardId);
    const other = user.cards?.find((card) => card.isMobile && card.uid !== former);
    if (other !== undefined) throw halfDone(`User ${steps.userId} has been given mobile card ${maskCard(other.cardId ?? '')} meanwhile. Look at the portal, then use "abandon".`, undefined);
    const word = await this.createOnce(user, person ?? holderOf(user), cardId, isDynamic, operation === 'issue');
    return this.assigned(target, word, steps);
  }

  /** The record of the card at BioStar: made now, or left over from an issue that went no further. */
  private async record(known: string | null, cardId: string, user: BiostarUser, holder: Pick<Holder, 'validFrom' | 'validTo'>): Promise<string> {
    if (known !== null) return this.leftOver(cardId);
    try {
      return await this.cards.createMobile(cardId, {
        isDepartment: user.department !== null, isTitle: user.title !== null,
        startDatetime: biostarTime(holder.validFrom ?? user.validFrom ?? '2001-01-01T00:00:00Z'),
        expiryDatetime: biostarTime(holder.validTo ?? user.validTo ?? '2037-12-31T23:59:00Z'),
      });
    } catch (error) {
      if (!isMcError(error, 'OUTCOME_UNKNOWN')) throw error;
      // No credit hangs on this request: whether it arrived can simply be looked up.
      const uid = await this.cards.registered(cardId).catch(() => { throw lookUpFailed(error); });
      if (uid !== null) return uid;
      throw lookUpFailed(error);
    }
  }

  private async leftOver(cardId: string): Promise<string> {
    const card = await this.cards.find(cardId);
    if (card === null || card.userId !== null || !card.isMobile || card.isBlocked) {
      throw new McError('CARD_ALREADY_ISSUED', `BioStar has card ${maskCard(cardId)} already. Choose another number, or leave "cardId" out.`);
    }
    if (await this.cards.quarantined(cardId) !== null) {
      throw new McError('CARD_QUARANTINED', `Card ${maskCard(cardId)} belonged to a deleted card, and BioStar keeps the number back. Choose another, or free it with "release".`);
    }
    return card.uid;
  }

  /** Null where the server does not have the call. */
  private async replaced(user: BiostarUser, holder: Holder, cardIds: { former: string; next: string }, isDynamic: boolean): Promise<{ formerLeft: boolean } | null> {
    try {
      return await this.mobile.replace(user, holder, cardIds, isDynamic);
    } catch (error) {
      if (!isMcError(error)) throw error;
      if (!isMissingCall(error)) throw await this.afterReplace(error, cardIds.former, user.userId);
      this.facts.canReplace = false;
      return null;
    }
  }

  /** A replacement was refused. The portal may have deleted the former card before (no rollback, A6.4): then it goes on. */
  private async afterReplace(error: McError, formerCardId: string, userId: string): Promise<McError> {
    if (PASSING.includes(error.code) || await this.facts.portalHas(formerCardId, userId).catch(() => null) !== false) return error;
    return halfDone(`The former card of user ${userId} is deleted at the portal, and the new one is not issued yet.`, error);
  }

  /** Asks again for a card that may have been issued: the portal refuses a number that it has. */
  private async createOnce(user: BiostarUser, holder: Holder, cardId: string, isDynamic: boolean, isFirst: boolean): Promise<PortalWord> {
    const isThere = await this.facts.portalHas(cardId, user.userId);
    if (isThere === true) return null;
    try {
      return await this.mobile.create(user, holder, cardId, isDynamic);
    } catch (error) {
      // "A card of this user" (262189) is ours only where the user cannot have had another.
      if (isMcError(error, 'CARD_ALREADY_ISSUED') && (error.siteCode !== '262189' || isFirst)) return null;
      // Any other refusal may be meant for the second request alone: no credit left, or an e-mail address in use.
      if (isThere === null) throw halfDone(`Whether card ${maskCard(cardId)} was issued cannot be told: asked again, the portal refused it.`, error);
      throw error;
    }
  }

  /** A replacement that left the former card at the portal is not done before that is gone. */
  private async endLeft(formerCardId: string, steps: OperationSteps): Promise<void> {
    await steps.keep({ step: 'user', left: 'yes', spent: 'yes' }).catch(() => undefined);
    try {
      await this.deleteAtPortal(formerCardId);
    } catch (error) {
      throw halfDone(`The new card of user ${steps.userId} is issued, and the former one ${maskCard(formerCardId)} is still at the portal.`, error);
    }
    await steps.keep({ left: 'no' }).catch(() => undefined);
  }

  /** Gone already counts: a number on the register of deleted ones is not at the portal any more. */
  private async deleteAtPortal(cardId: string): Promise<void> {
    try {
      await this.mobile.deleteCard(cardId);
    } catch (error) {
      if (isMcError(error, 'CARD_NOT_FOUND')) return;
      if (!isMcError(error, 'SITE_ANSWER_INVALID') || await this.cards.quarantined(cardId) === null) throw error;
    }
  }

  private async endFormer(formerCardId: string | null, userId: string): Promise<void> {
    if (formerCardId === null || await this.facts.portalHas(formerCardId, userId) === false) return;
    try {
      await this.mobile.deleteCard(formerCardId);
    } catch (error) {
      // Replaced already: the portal has nothing left to delete.
      if (!isMcError(error, 'CARD_NOT_FOUND', 'SITE_ANSWER_INVALID')) throw error;
    }
  }

  /** Gives the user the card, beside all others. What BioStar refuses for good is undone at the portal. */
  private async assigned(
    { cardId, uid, without }: { cardId: string; uid: string; without: string | null }, word: PortalWord, steps: OperationSteps,
  ): Promise<SiteAnswer> {
    // What cannot be kept now is found out again from the step before; nothing at the site hangs on it.
    const kept = steps.keep({ step: 'user', spent: 'yes' }).catch(() => undefined);
    try {
      // Right before it is written: what somebody gave the user meanwhile must not be lost.
      const { userId, cards } = await this.users.get(steps.userId);
      const others = (cards ?? []).filter((card) => card.uid !== uid && card.uid !== without).map((card) => ({ id: card.uid }));
      await this.users.update(userId, { cards: [...others, { id: uid }] });
      await kept;
    } catch (error) {
      await kept;
      if (!isMcError(error)) throw error;
      if (!PASSING.includes(error.code)) return this.undo(cardId, steps, error);
      if (error.code === 'OUTCOME_UNKNOWN' && await this.hasNow(steps.userId, uid)) return { status: word };
      throw new McError('OUTCOME_UNKNOWN', `Card ${maskCard(cardId)} is issued at the portal, and BioStar could not give it to user ${steps.userId} yet. That is done as soon as it answers.`, { cause: error });
    }
    return { status: word };
  }

  /** The user cannot have it: the card must not be left at the portal either. Its credit is spent. */
  private async undo(cardId: string, steps: OperationSteps, why: McError): Promise<never> {
    await steps.keep({ step: 'undo' }).catch(() => undefined);
    try {
      await this.mobile.deleteCard(cardId);
    } catch (error) {
      if (!isMcError(error, 'CARD_NOT_FOUND')) {
        throw new McError('OUTCOME_UNKNOWN', `BioStar refused to give card ${maskCard(cardId)} to its user (${why.code}), and it is still to be deleted at the portal.`, { cause: error });
      }
    }
    throw why;
  }

  private async hasNow(userId: string, uid: string): Promise<boolean> {
    const user = await this.users.find(userId).catch(() => null);
    return user?.cards?.some((card) => card.uid === uid) ?? false;
  }

  private async takeFrom(userId: string, cardId: string): Promise<void> {
    const user = await this.users.find(userId);
    const cards = user?.cards ?? [];
    if (!cards.some((card) => card.cardId === cardId)) return;
    await this.users.update(userId, { cards: cards.filter((card) => card.cardId !== cardId).map(({ uid }) => ({ id: uid })) });
  }
}

/** A user has one mobile card, and eight others at most. */
function refuseMoreCards(user: BiostarUser, replaced: string | null): void {
  const cards = user.cards ?? [];
  const mobile = cards.find((card) => card.isMobile && card.cardId !== replaced);
  if (mobile !== undefined) {
    throw new McError('CARD_ALREADY_ISSUED', `User ${user.userId} has mobile card ${maskCard(mobile.cardId ?? '')} in BioStar already. Use "reissue" to replace it, or "delete" it first.`);
  }
  if (cards.filter((card) => !card.isMobile).length > MOST_CARDS) {
    throw new McError('INPUT_INVALID', `User ${user.userId} has more than ${MOST_CARDS} cards in BioStar, which takes no further one. Remove one there first.`);
  }
}

function holderOf({ userId, name, email, phone, department, title, validFrom, validTo }: BiostarUser): Holder {
  return { name: name ?? userId, email, phone, department, title, validFrom, validTo };
}

/** What is begun is brought to its end: it stays open. */
function halfDone(what: string, cause: unknown): McError {
  return new McError('OUTCOME_UNKNOWN', `${what} It is tried again.`, { cause });
}

function lookUpFailed(cause: McError): McError {
  return new McError('SITE_UNREACHABLE', 'BioStar did not answer whether it took the card. Nothing was issued and no credit was spent: ask again.', { cause });
}
