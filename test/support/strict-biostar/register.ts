/** The register of deleted mobile numbers (suprema-api A6.3, E29, E30). */
import { MOBILE, type Books } from './books';
import { page } from './user-search';
import { no, ok, text, type Route } from './wire';

const uids = (value: string): number[] => value.split(/[,\s]/).filter((id) => id !== '').map(Number);

export function registerRoutes(books: Books): Route[] {
  return [
    ['GET', '/api/v2/cards/mobile/search', ({ query }) => {
      if (query.get('search_type') !== 'DELETED_CSN_MOBILE') return no(30);
      const all = [...books.register].map(([id, { userId, userName }]) => {
        const number = books.cards.get(id)?.number ?? '';
        return { id, card_id: number, display_card_id: number, user_id: userId, user_name: userName, card_type: { id: MOBILE, name: 'CSN Mobile', type: '4' } };
      });
      return ok({ CardCollection: { rows: page(all, query.get('limit') ?? '', query.get('offset') ?? ''), total: all.length } }, { response: 'short' });
    }],
    ['DELETE', '/api/v2/cards/mobile/enable', ({ query }) => {
      const asked = query.get('id') ?? '';
      if (asked === '') return no(30);
      for (const id of asked === '*' ? [...books.register.keys()] : uids(asked)) books.register.delete(id);
      return ok({}, { response: 'bare' });
    }],
    ['POST', '/api/v2/cards/mobile/count', ({ body }) => {
      const count = uids(text(body['cardUids'])).filter((id) => books.cards.get(id)?.type === MOBILE).length;
      return ok({ CardCollection: { count } }, { response: 'short' });
    }],
  ];
}
