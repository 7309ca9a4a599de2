import type { BioStar } from '../biostar';
import { BioStarError } from '../biostar-error';
import type { Card } from '../cards/card';
import { CARD_TYPES, CSN_MOBILE } from '../cards/card-types';
import { idOf, objectOf, textOf } from '../wire';

/** Cards besides the mobile one (suprema-api A4.4). */
const MOST_CARDS = 8;

/**
 * What `cards` of a `PUT` asks for: internal ids, or with id "0" the number of a card that is created by it.
 * Throws 400, 408, 131095, 262189, 65749 and 30; changes nothing.
 * @returns what puts the list in place of the present one; undefined where `cards` was not sent
 */
export function readCards(biostar: BioStar, userId: string, value: unknown): (() => void) | undefined {
  if (value === undefined) return undefined;
  const { cards } = biostar;
  const asked = (Array.isArray(value) ? value : []).map((entry) => find(biostar, entry));
  const mobile = asked.filter((card) => card.type === CSN_MOBILE);
  if (mobile.length > 1) throw new BioStarError(262189);
  if (asked.length - mobile.length > MOST_CARDS) throw new BioStarError(30, 'Cannot add more than 8 cards or QR/Barcodes.');
  for (const card of asked) {
    if (!('id' in card)) continue;
    if (card.userId !== null && card.userId !== userId) throw new BioStarError(408);
    if (card.quarantined !== null && card.quarantined.userId !== userId) throw new BioStarError(65749);
  }
  return () => {
    const list = asked.map((card) => ('id' in card ? card : cards.create(card.number, card.type)));
    for (const card of cards.ofUser(userId)) if (!list.includes(card)) cards.unassign(card);
    for (const card of list) cards.assign(card, userId);
  };
}

function find({ cards }: BioStar, entry: unknown): Card | Pick<Card, 'number' | 'type'> {
  const id = idOf(entry);
  if (id !== '' && id !== '0') {
    const card = cards.withId(id);
    if (card === undefined) throw new BioStarError(400);
    return card;
  }
  const fields = objectOf(entry);
  const number = textOf(fields['card_id']);
  if (number === '') throw new BioStarError(131095);
  const known = cards.withNumber(number);
  if (known !== undefined) return known;
  cards.checkFree(number);
  const type = CARD_TYPES.find(({ id: typeId }) => String(typeId) === (idOf(fields['card_type']) || '0'));
  if (type === undefined) throw new BioStarError(30);
  return { number, type };
}
