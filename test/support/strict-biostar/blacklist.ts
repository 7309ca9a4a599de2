/** Blocking and unblocking cards by their internal id (suprema-api A4.5, E19). */
import type { Books, Card } from './books';
import { idOf, idsIn, no, ok, record, type Reply, type Route } from './wire';

export interface BlacklistManners {
  /** "Already so" and "not found" arrive on HTTP 500, as a client saw; else on 400. */
  http500: boolean;
  /** The code of blocking once more: 262201 or 413. */
  againCode: '262201' | '413';
  /** Ceiling of the blacklist (suprema-api A4.5). */
  most: number;
}

export function blacklistRoutes(books: Books, manners: () => BlacklistManners): Route[] {
  const refused = (code: string): Reply => no(code, { http: manners().http500 ? 500 : 400 });
  const blocked = (): number => [...books.cards.values()].filter((card) => card.blocked).length;
  return [
    ['POST', '/api/cards/blacklist', ({ body }) => {
      const id = idOf(record(body['Blacklist'])['card_id']);
      if (id === '') return refused('262203');
      const card = books.cards.get(Number(id));
      if (card === undefined) return refused('262202');
      if (card.blocked) return refused(manners().againCode);
      if (blocked() >= manners().most) return refused('65709');
      card.blocked = true;
      return ok();
    }],
    ['DELETE', '/api/cards/blacklist', ({ query }) => {
      const ids = idsIn(query);
      if (ids.length === 0) return refused('262203');
      if (ids.some((id) => !/^\d+$/.test(id))) return refused('262204');
      const cards = ids.map((id) => books.cards.get(Number(id)));
      if (cards.includes(undefined)) return refused('262202');
      const known = cards as Card[];
      // A mixed list succeeds: refused only when none of them is blocked.
      if (!known.some((card) => card.blocked)) return refused('262204');
      for (const card of known) card.blocked = false;
      return ok();
    }],
  ];
}
