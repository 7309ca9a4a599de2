/** Cards: create and look up (suprema-api A4.1-A4.3, E15-E18). */
import { MOBILE, type Books, type Card } from './books';
import { cardRow, TYPES } from './card-rows';
import { page } from './user-search';
import { idOf, idsIn, like, list, no, ok, record, refuse, text, type Call, type Handler, type Reply, type Route } from './wire';

/** What the answer of `POST /api/cards` holds, which the vendor leaves open. */
export type CardAnswer = 'rows' | 'full' | 'none';

function checked(value: unknown, books: Books): { number: string; type: number } {
  const row = record(value);
  const number = text(row['card_id']);
  const type = Number(idOf(row['card_type']));
  if (number === '') return refuse(131095);
  if (!(type in TYPES) || idOf(row['card_type']) === '') return refuse(30);
  if (type === MOBILE && ['isUserPhoto', 'isDepartment', 'isTitle', 'start_datetime', 'expiry_datetime'].some((key) => !(key in row))) return refuse(30);
  // A leading 0 is refused for CSN cards only (suprema-api E15).
  if (!/^\d{1,32}$/.test(number) || (type !== MOBILE && number.startsWith('0'))) return refuse(415);
  if (books.numbered(number) !== undefined) return refuse(65651);
  return { number, type };
}

/** One page of those that the query asks for. v1 pages only when both `limit` and `offset` are there (suprema-api A1). */
function listed(cards: Card[], { query }: Call, books: Books): Reply {
  const types = (query.get('card_type') ?? '').split(/[ +]/).filter((type) => type !== '');
  const found = cards.filter((card) => (types.length === 0 || types.includes(TYPES[card.type]?.filter ?? ''))
    && like(query.get('query') ?? '', card.number, card.owner ?? '', books.users.get(card.owner ?? '')?.name ?? ''));
  const [limit, offset] = [query.get('limit'), query.get('offset')];
  const rows = limit === null || offset === null ? found : page(found, limit, offset);
  return ok({ CardCollection: { total: found.length, rows: rows.map((card) => cardRow(card, books)) } });
}

export function cardRoutes(books: Books, answer: () => CardAnswer): Route[] {
  const of = (keep: (card: Card) => boolean): Handler => (call) => listed([...books.cards.values()].filter(keep), call, books);
  const wrongMethod = (path: string, methods: string[]): Route[] => methods.map((method) => [method, path, () => no(102)]);
  return [
    ['POST', '/api/cards', ({ body }) => {
      const sent = list(record(body['CardCollection'])['rows']);
      if (sent.length === 0) return no(30);
      const rows = sent.map((row) => checked(row, books)).map(({ number, type }) => books.addCard(number, type));
      if (answer() === 'none') return ok();
      return ok({ CardCollection: { total: rows.length, rows: rows.map((card) => answer() === 'full' ? cardRow(card, books) : { id: card.id, card_id: card.number }) } });
    }],
    ['GET', '/api/cards', of(() => true)],
    ['GET', '/api/cards/types', () => ok({
      // The vendor's sample ends with id 3: whether mobile cards work cannot be read here.
      CardTypeCollection: { total: 4, rows: [0, 1, 2, 3].map((id) => ({ id, name: TYPES[id]?.name, type: TYPES[id]?.type, mode: TYPES[id]?.mode })) },
    })],
    ['GET', '/api/cards/assigned', of((card) => card.owner !== null && !card.blocked)],
    ...wrongMethod('/api/cards/assigned', ['POST', 'PUT', 'DELETE']),
    ['GET', '/api/cards/unassigned', of((card) => card.owner === null && !card.blocked)],
    ['DELETE', '/api/cards/unassigned', ({ query }) => {
      const cards = idsIn(query).map((id) => books.cards.get(Number(id)) ?? refuse(400));
      if (cards.length === 0) return no(30);
      // A number of the register has to be taken off it first (suprema-api C9).
      if (cards.some((card) => card.owner !== null || books.register.has(card.id))) return no(65744);
      for (const card of cards) books.dropCard(card);
      return ok();
    }],
    ...wrongMethod('/api/cards/unassigned', ['POST', 'PUT']),
    ['GET', '/api/cards/blacklist', of((card) => card.blocked)],
    ['GET', '/api/v2/cards/registered', ({ query }) => {
      const card = books.numbered(query.get('card_id') ?? '');
      return ok(card === undefined ? {} : { Card: { id: card.id, crdTypUid: card.type, crdCsn: card.number } }, { response: 'short' });
    }],
  ];
}
