import type { BioStar } from '../biostar';
import { BioStarError } from '../biostar-error';
import { type Answer, type Asked, type Route, v1Rows } from '../route';
import { type Fields, idOf, idsOf, numberOf, rowsOf, textOf } from '../wire';
import { type Card, cardRow } from './card';
import { CARD_TYPES, CSN_MOBILE } from './card-types';

/** Cards (suprema-api A4). There is no route for one card by its id. */
export const CARD_ROUTES: readonly Route[] = [
  { method: 'POST', path: '/api/cards', style: 'v1', handle: create },
  { method: 'GET', path: '/api/cards', style: 'v1', handle: listOf(() => true) },
  { method: 'GET', path: '/api/cards/assigned', style: 'v1', handle: listOf(({ userId, blocked }) => userId !== null && !blocked) },
  { method: 'GET', path: '/api/cards/unassigned', style: 'v1', handle: listOf(({ userId, blocked }) => userId === null && !blocked) },
  { method: 'DELETE', path: '/api/cards/unassigned', style: 'v1', handle: removeUnassigned },
  { method: 'GET', path: '/api/cards/types', style: 'v1', handle: types },
  { method: 'GET', path: '/api/v2/cards/registered', style: 'short', handle: registered },
];

/** All rows are checked before the first card is made. */
function create({ cards }: BioStar, { body }: Asked): Answer {
  const asked = rowsOf(body['CardCollection']).map((row) => {
    const type = CARD_TYPES.find(({ id }) => String(id) === idOf(row['card_type']));
    if (type === undefined) throw new BioStarError(30);
    if (type === CSN_MOBILE) checkMobile(row);
    const number = textOf(row['card_id']);
    if (number === '') throw new BioStarError(131095);
    cards.checkFree(number);
    return { number, type };
  });
  if (asked.length === 0) throw new BioStarError(30);
  if (new Set(asked.map(({ number }) => number)).size < asked.length) throw new BioStarError(65651);
  const rows = asked.map(({ number, type }) => cardRow(cards.create(number, type), null));
  return { body: { CardCollection: { total: rows.length, rows } } };
}

/** Required for mobile cards, also on regular sites (suprema-api E16). */
function checkMobile(row: Fields): void {
  const needed = ['isUserPhoto', 'isDepartment', 'isTitle', 'start_datetime', 'expiry_datetime'];
  if (needed.some((key) => textOf(row[key]) === '')) throw new BioStarError(30);
}

/**
 * A list with its filters: `query` is words, each of which must be in the card id, the user id or the user name; paging
 * only where limit and offset are both there (suprema-api A1, A4.3, E18).
 */
export function listOf(belongs: (card: Card) => boolean): Route['handle'] {
  return (biostar, { query }) => {
    const words = (query.get('query') ?? '').toLowerCase().split(' ').filter((word) => word !== '');
    const kinds = idsOf(query.get('card_type'));
    const name = ({ userId }: Card): string => (userId === null ? '' : biostar.users.get(userId)?.name ?? '');
    const fits = (card: Card): boolean => belongs(card) && (kinds.length === 0 || kinds.includes(card.type.filter))
      && words.every((word) => [card.number, card.userId ?? '', name(card)].some((text) => text.toLowerCase().includes(word)));
    const found = biostar.cards.all().filter(fits);
    const [limit, offset] = [numberOf(query.get('limit')), numberOf(query.get('offset'))];
    const page = limit === null || offset === null ? found : found.slice(offset, limit === 0 ? undefined : offset + limit);
    return { body: { CardCollection: { total: found.length, ...v1Rows(biostar, page.map((card) => cardRow(card, name(card))), 'text') } } };
  };
}

/** The only hint of a way to delete a card record (suprema-api E17). */
function removeUnassigned({ cards }: BioStar, { query }: Asked): Answer {
  const found = idsOf(query.get('id')).map((id) => cards.withId(id));
  if (found.length === 0) throw new BioStarError(30);
  for (const card of found) if (card === undefined || card.userId !== null) throw new BioStarError(400);
  for (const card of found) if (card !== undefined) cards.remove(card);
  return {};
}

/** The vendor's sample lists only ids 0 to 3, although there are more (suprema-api A4.1). */
function types(): Answer {
  const rows = [[0, 'CSN', 1, 'C'], [1, 'CSN Wiegand', 10, 'C'], [2, 'Secure Credential', 2, 'S'], [3, 'Access on Card', 3, 'A']]
    .map(([id, name, type, mode]) => ({ id, name, type, mode }));
  return { body: { CardTypeCollection: { total: rows.length, rows } } };
}

/** Free and taken have the same code: only `Card` tells (suprema-api A4.3). */
function registered({ cards }: BioStar, { query }: Asked): Answer {
  const card = cards.withNumber(query.get('card_id') ?? '');
  return card === undefined ? {} : { body: { Card: { id: card.id, crdTypUid: card.type.id, crdCsn: card.number } } };
}
