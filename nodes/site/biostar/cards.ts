import { isMcError, McError } from '../../credential/mc-error';
import { maskCard } from '../../credential/record';
import type { SiteCredential } from '../../credential/site-port';
import { isObject, type JsonObject } from '../json-answer';
import { type BiostarApi, q } from './biostar-api';
import { isMobileCard, MOBILE_TYPE } from './biostar-user';
import { BLOCKED_ALREADY, UNBLOCKED_ALREADY } from './biostar-codes';
import { idOf, isTrue, listOf, nameOf, rowsIn, textOf, totalIn } from './envelope';
import { allRows } from './paging';

/** Cards that BioStar's blacklist takes (suprema-api A4.5). */
export const MOST_BLOCKED = 1000;

/** A card as BioStar keeps it. */
export interface BiostarCard {
  /** Internal ID. */
  uid: string;
  cardId: string;
  userId: string | null;
  isMobile: boolean;
  isBlocked: boolean;
}

/** What a new mobile card shows and for how long it holds; all of it is required (suprema-api E16). */
export interface CardLabels {
  isDepartment: boolean;
  isTitle: boolean;
  /** BioStar's times. */
  startDatetime: string;
  expiryDatetime: string;
}

/** Card records of a BioStar server (suprema-api A4). */
export class Cards {
  /** On the blacklist when it was looked at last, null: not yet. */
  blockedCount: number | null = null;

  constructor(private readonly api: BiostarApi) {}

  /** The internal ID of a number that BioStar knows; null: it is free. */
  async registered(cardId: string): Promise<string | null> {
    const { body } = await this.api.read(`/api/v2/cards/registered?card_id=${q(cardId)}`);
    const card = body['Card'];
    return isObject(card) ? textOf(card['id']) : null;
  }

  /** The card with this very number, or null. */
  async find(cardId: string): Promise<BiostarCard | null> {
    const rows = await allRows({
      page: (limit, offset) => this.api.read(`/api/cards?limit=${limit}&offset=${offset}&query=${q(cardId)}`), collection: 'CardCollection', key: 'id',
    });
    return rows.flatMap(cardOf).find((card) => card.cardId === cardId) ?? null;
  }

  /** Makes the record of a mobile card. Its internal ID; the answer of this call is documented nowhere (E, "left open"). */
  async createMobile(cardId: string, labels: CardLabels): Promise<string> {
    const { isDepartment, isTitle, startDatetime, expiryDatetime } = labels;
    const row = {
      card_type: { id: MOBILE_TYPE, type: MOBILE_TYPE }, card_id: cardId, display_card_id: cardId,
      isUserPhoto: false, isDepartment, isTitle, start_datetime: startDatetime, expiry_datetime: expiryDatetime,
    };
    const { body } = await this.api.write('POST', '/api/cards', { CardCollection: { rows: [row] } });
    const [made] = rowsIn(body, 'CardCollection');
    const uid = textOf(made?.['id']) ?? await this.registered(cardId);
    if (uid !== null) return uid;
    throw new McError('SITE_ANSWER_INVALID', `BioStar took card ${maskCard(cardId)} and does not know it afterwards.`);
  }

  /** Every mobile card that belongs to somebody, as a list of credentials. */
  async credentials(): Promise<SiteCredential[]> {
    const rows = await allRows({
      page: (limit, offset) => this.api.read(`/api/cards?limit=${limit}&offset=${offset}&card_type=mobile`), collection: 'CardCollection', key: 'id',
    });
    return rows.filter(isMobileCard).flatMap((row) => {
      const [card] = cardOf(row);
      const user = row['user_id'];
      if (card?.userId === undefined || card.userId === null) return [];
      return [{
        cardId: card.cardId, userId: card.userId, name: nameOf(user), status: hasDownloaded(row) ? 'activated' as const : null,
        email: null, phone: null, department: null, title: null, validFrom: null, validTo: null,
      }];
    });
  }

  /** Numbers on the server's blacklist (Setting, Card, Blacklisted Card). */
  async blocked(): Promise<string[]> {
    const rows = await allRows({
      page: (limit, offset) => this.api.read(`/api/cards/blacklist?limit=${limit}&offset=${offset}`), collection: 'CardCollection', key: 'id',
    });
    this.blockedCount = rows.length;
    return rows.flatMap(cardOf).map(({ cardId }) => cardId);
  }

  private async countBlocked(): Promise<number> {
    const { body } = await this.api.read('/api/cards/blacklist?limit=1&offset=0');
    return (this.blockedCount = totalIn(body, 'CardCollection') ?? (await this.blocked()).length);
  }

  /** Already blocked counts as done. CARD_NOT_FOUND; BLACKLIST_FULL at a thousand. */
  async block(cardId: string): Promise<void> {
    const [uid, before] = await Promise.all([this.uidOf(cardId), this.countBlocked()]);
    if (before >= MOST_BLOCKED) {
      if ((await this.blocked()).includes(cardId)) return;
      throw blacklistFull();
    }
    await this.api.write('POST', '/api/cards/blacklist', { Blacklist: { card_id: { id: uid } } }, { also: BLOCKED_ALREADY });
    this.blockedCount = before + 1;
  }

  /** Already off counts as done. CARD_NOT_FOUND. */
  async unblock(cardId: string): Promise<void> {
    await this.api.write('DELETE', `/api/cards/blacklist?id=${q(await this.uidOf(cardId))}`, undefined, { also: UNBLOCKED_ALREADY });
  }

  /** The register of deleted numbers: internal ID of this one, or null (suprema-api A6.3). */
  async quarantined(cardId: string): Promise<string | null> {
    try {
      const rows = await allRows({
        page: (limit, offset) => this.api.read(`/api/v2/cards/mobile/search?limit=${limit}&offset=${offset}&search_type=DELETED_CSN_MOBILE`),
        collection: 'CardCollection', key: 'id',
      });
      const row = rows.find((one) => textOf(one['card_id']) === cardId);
      return row === undefined ? null : textOf(row['id']);
    } catch (error) {
      // Servers before 2.9.8 keep no such register.
      if (isMcError(error, 'NOT_SUPPORTED')) return null;
      throw error;
    }
  }

  /** Takes a number off that register. CARD_NOT_FOUND where it is not on it. */
  async release(cardId: string): Promise<void> {
    const uid = await this.quarantined(cardId);
    if (uid === null) throw new McError('CARD_NOT_FOUND', `Card ${maskCard(cardId)} is not among the deleted numbers that BioStar keeps back.`);
    await this.api.write('DELETE', `/api/v2/cards/mobile/enable?id=${q(uid)}`);
  }

  private async uidOf(cardId: string): Promise<string> {
    const uid = await this.registered(cardId);
    if (uid === null) throw new McError('CARD_NOT_FOUND', `BioStar has no card ${maskCard(cardId)}.`);
    return uid;
  }
}

export function blacklistFull(): McError {
  return new McError('BLACKLIST_FULL', `BioStar's blacklist holds ${MOST_BLOCKED} cards and is full. Unblock or delete cards that nobody has any more.`);
}

function cardOf(row: JsonObject): BiostarCard[] {
  const uid = textOf(row['id']);
  const cardId = textOf(row['card_id']);
  if (uid === null || cardId === null) return [];
  return [{ uid, cardId, userId: idOf(row['user_id'], 'user_id'), isMobile: isMobileCard(row), isBlocked: isTrue(row['is_blocked']) || textOf(row['status']) === '2' }];
}

/** `registered{udid,date}`: the phone that took the card, where a server tells (suprema-api A4.3). */
function hasDownloaded(row: JsonObject): boolean {
  return listOf(row['registered']).some(({ udid, date }) => textOf(udid) !== null || textOf(date) !== null);
}
