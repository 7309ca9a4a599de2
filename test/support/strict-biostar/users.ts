/** Users: get, create, update, bulk and delete (suprema-api A3, E7-E10). */
import { MOBILE, type Books, type Card, type User } from './books';
import { asChangedUser, asNewUser } from './user-rules';
import { v1User } from './user-rows';
import { idOf, idsIn, list, no, ok, record, refuse, Refused, text, type Json, type Reply, type Route } from './wire';

const MAX_CARDS = 8;

/** The cards that a `cards` list stands for; throws when one may not be given to this user. */
function cardsFor(userId: string, value: unknown, books: Books): Card[] {
  const cards = list(value).map((entry) => {
    const card = books.cards.get(Number(idOf(entry)));
    if (card === undefined) return refuse(400);
    if (card.owner !== null && card.owner !== userId) return refuse(408);
    const registered = books.register.get(card.id);
    if (registered !== undefined && registered.userId !== userId) return refuse(65749);
    return card;
  });
  const mobile = cards.filter(({ type }) => type === MOBILE).length;
  if (mobile > 1) refuse(262189);
  if (cards.length - mobile > MAX_CARDS) refuse(30);
  return cards;
}

function create(value: unknown, books: Books): User {
  const user = asNewUser(value, books);
  const cards = cardsFor(user.user_id, record(value)['cards'], books);
  books.addUser(user);
  for (const card of cards) books.give(card, user.user_id);
  return user;
}

/** Changes a user; `cards`, when sent, replaces the whole list (suprema-api A4.4). */
function update(id: string, value: unknown, books: Books): void {
  const old = books.users.get(id) ?? refuse(201);
  const user = asChangedUser(old, value, books);
  const sent = record(value);
  if ('cards' in sent) {
    const cards = new Set(cardsFor(id, sent['cards'], books));
    for (const card of books.cardsOf(id)) if (!cards.has(card)) books.give(card, null);
    for (const card of cards) books.give(card, id);
  }
  Object.assign(old, user);
  books.touch(old);
}

/** Does each row for itself: the code of each, and 0, 1 (some) or 8 (all failed) for the whole. */
function each(rows: unknown[], work: (row: Json) => void, allFailedHttp: number): Reply {
  const done = rows.map((value) => {
    const row = record(value);
    const id = text(row['user_id']);
    try {
      work(row);
      return { user_id: id, ret_code: '0' };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { user_id: id, ret_code: error.reply.code };
    }
  });
  const failed = done.filter((row) => row.ret_code !== '0').length;
  const body = { UserCollection: { total: done.length, rows: done } };
  if (failed === 0) return ok(body);
  return failed < done.length ? no(1, { body }) : no(8, { body, http: allFailedHttp });
}

function remove(ids: string[], books: Books): Reply {
  if (ids.length === 0) return no(30);
  if (ids.includes('*')) {
    for (const id of [...books.users.keys()]) if (id !== '1') books.removeUser(id);
    return ok();
  }
  if (ids.some((id) => !books.users.has(id))) return no(201);
  if (ids.includes('1')) return no(205);
  for (const id of ids) books.removeUser(id);
  return ok();
}

function nextId(books: Books): string {
  const ids = [...books.users.keys()].filter((id) => /^\d+$/.test(id)).map(Number);
  return String(ids.reduce((most, id) => Math.max(most, id), 0) + 1);
}

export function userRoutes(books: Books, allFailedHttp: () => number | null): Route[] {
  return [
    ['GET', '/api/users/next_user_id', () => ok({ User: { user_id: nextId(books) } }, { response: 'short' })],
    ['PUT', '/api/users/bulk', ({ body }) => {
      const rows = list(record(body['UserCollection'])['rows']);
      if (rows.length === 0 || rows.length > 100) return no(700);
      return each(rows, (row) => { update(text(row['user_id']), row, books); }, allFailedHttp() ?? 200);
    }],
    ['GET', '/api/users/{id}', ({ params: [id = ''] }) => {
      const user = books.users.get(id);
      return user === undefined ? no(201) : ok({ User: v1User(user, books, true) });
    }],
    ['PUT', '/api/users/{id}', ({ params: [id = ''], body }) => {
      update(id, body['User'], books);
      return ok();
    }],
    ['POST', '/api/users', ({ body }) => {
      if ('UserCollection' in body) return each(list(record(body['UserCollection'])['rows']), (row) => { create(row, books); }, allFailedHttp() ?? 200);
      const user = create(body['User'], books);
      return ok({ UserCollection: { total: 1, rows: [{ user_id: user.user_id, name: user.name }] } });
    }],
    ['DELETE', '/api/users', ({ query }) => remove(idsIn(query), books)],
    ['DELETE', '/api/users/{id}', ({ params: [id = ''] }) => remove([id], books)],
  ];
}
