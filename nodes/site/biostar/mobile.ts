import { McError } from '../../credential/mc-error';
import { maskCard, type CredentialStatus, type Person } from '../../credential/record';
import { isObject, type JsonObject } from '../json-answer';
import type { BiostarApi } from './biostar-api';
import type { BiostarUser } from './biostar-user';
import { listOf, textOf } from './envelope';

/** A user's validity where BioStar tells none (suprema-api A1: limits of a user's period). */
const FIRST_MS = Date.parse('2001-01-01T00:00:00Z');
const LAST_MS = Date.parse('2037-12-31T23:59:00Z');

/** Whom a mobile card is for: what the portal's message and card show. */
export type Holder = Pick<Person, 'name' | 'email' | 'phone' | 'department' | 'title' | 'validFrom' | 'validTo'>;

/** What BioStar has done at the portal with a card. Null: it did not say. */
export type PortalWord = CredentialStatus | null;

/** Mobile credentials at the portal, by way of BioStar (suprema-api A6). */
export class Mobile {
  constructor(private readonly api: BiostarApi) {}

  /** Creates the card at the portal: here the credit is spent and the message is sent (A6.1). */
  async create(user: BiostarUser, holder: Holder, cardId: string, isDynamic: boolean): Promise<PortalWord> {
    const { body } = await this.api.write('POST', '/api/v2/mobile', { MobileCollection: { mobile: mobileOf(user, holder, cardId, isDynamic) } });
    const collection = body['MobileCollection'];
    const records = isObject(collection) ? listOf(collection['recordMobile']) : [];
    return wordOf((records.find(({ number }) => textOf(number) === cardId) ?? records[0])?.['status']);
  }

  /** Replaces a card at the portal in one call (A6.4; newer servers only). Code 0 may come with a former card that is left. */
  async replace(user: BiostarUser, holder: Holder, cardIds: { former: string; next: string }, isDynamic: boolean): Promise<{ formerLeft: boolean }> {
    const mobile = { ...mobileOf(user, holder, cardIds.next, isDynamic), mobileCardType: [4] };
    const { body } = await this.api.write('POST', '/api/v2/mobile/replace', { MobileCollection: { delete_card_id: [cardIds.former], mobile } });
    const collection = body['MobileCollection'];
    const issued = isObject(collection) ? collection['issued'] : null;
    // "Y" or "N", null when it was not reached (E22).
    if (isObject(issued) && textOf(issued['portalrslt']) !== 'N') return { formerLeft: texts((collection as JsonObject)['delete_failed']).length > 0 };
    throw new McError('OUTCOME_UNKNOWN', `BioStar accepted the request and does not say that the portal issued card ${maskCard(cardIds.next)}.`);
  }

  /** Deletes a card at the portal only; the user keeps it (A6.2). Code 0 may come with cards that failed. */
  async deleteCard(cardId: string): Promise<void> {
    const { users, cards } = await this.delete({ card_id: [cardId], user_id: [] });
    if (users.length + cards.length === 0) return;
    throw new McError('SITE_ANSWER_INVALID', `The portal did not delete card ${maskCard(cardId)}, BioStar says.`);
  }

  /** Deletes the cards of users at the portal. Returns the users whose cards are still there. */
  async deleteOf(userIds: readonly string[]): Promise<string[]> {
    const { users, cards } = await this.delete({ card_id: [], user_id: [...userIds] });
    // A card that is left is somebody's among them, and the answer does not say whose.
    return cards.length > 0 ? [...userIds] : users;
  }

  private async delete(mobile: JsonObject): Promise<{ users: string[]; cards: string[] }> {
    const { body } = await this.api.write('POST', '/api/v2/mobile/delete', { MobileCollection: { mobile } });
    return { users: texts(body['failedUsers']), cards: texts(body['failedCards']) };
  }
}

/** Parallel arrays, one element each (A6.1). */
function mobileOf(user: BiostarUser, holder: Holder, cardId: string, isDynamic: boolean): JsonObject {
  const ms = (iso: string | null, otherwise: number): number => (iso === null ? otherwise : Date.parse(iso));
  const period = isDynamic ? { startDate: [ms(holder.validFrom, FIRST_MS)], endDate: [ms(holder.validTo, LAST_MS)] } : { startDate: [null], endDate: [null] };
  return {
    user_id: [user.userId], name: [holder.name], title: [holder.title], department: [holder.department],
    phone: [holder.phone], email: [holder.email], portraitData: [null], card_id: [cardId],
    ...period,
    startTime: [ms(user.validFrom, FIRST_MS)], endTime: [ms(user.validTo, LAST_MS)],
    issueCount: [1], duressMask: [null], useAlphanumericID: [/^\d+$/.test(user.userId) ? 0 : 1],
    cardAuthModeEx: [null], pin: [null], accessGroupId: [null], mobileCardType: ['4'],
  };
}

/** INACTIVE: before activation, ACTIVE: activated (A6.1). */
function wordOf(status: unknown): PortalWord {
  const text = textOf(status)?.toUpperCase();
  if (text === 'ACTIVE') return 'activated';
  return text === 'INACTIVE' ? 'before-activation' : null;
}

/** Names in a list of failures: plain, or objects that hold one. */
function texts(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).flatMap((one) => {
    const text = isObject(one) ? textOf(one['user_id'] ?? one['card_id'] ?? one['id']) : textOf(one);
    return text === null ? [] : [text];
  });
}
