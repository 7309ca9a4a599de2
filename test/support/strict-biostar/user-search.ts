/** The three ways of listing users (suprema-api A3 U1-U3, E4-E6, E12). */
import { type Books, type User } from './books';
import { ordered, v1User, v2User } from './user-rows';
import { like, ok, refuse, text, yes, type Json, type Route } from './wire';

/** `limit` 0 or none = all from `offset` on. */
export function page<T>(rows: T[], limit: string, offset: string): T[] {
  const from = Number(offset === '' ? 0 : offset);
  const count = Number(limit === '' ? 0 : limit);
  return count > 0 ? rows.slice(from, from + count) : rows.slice(from);
}

function advanced(body: Json, books: Books): User[] {
  // Required by the vendor's table; 0 = every operator level, -1 = users without one.
  if (!('limit' in body && 'order_by' in body && 'user_operator_level_id' in body)) refuse(30);
  const of = (key: string): string => text(body[key]);
  const has = (key: string, value: string): boolean => !(key in body) || of(key) === '' || value.toLowerCase().includes(of(key).toLowerCase());
  const level = of('user_operator_level_id');
  const groups = [of('user_group_id'), ...of('user_group_ids').split(',')].filter((id) => id !== '');
  const access = of('user_access_group_ids');
  const inAccess = ({ accessGroups }: User): boolean => {
    if (access === '') return true;
    if (access === '*') return accessGroups.length > 0;
    return access === 'void' ? accessGroups.length === 0 : access.split(',').some((id) => accessGroups.includes(id.trim()));
  };
  const found = [...books.users.values()].filter((user) => has('user_id', user.user_id) && has('user_name', user.name)
    && has('user_email', user.email) && has('user_phone', user.phone) && has('user_department', user.department) && has('user_title', user.user_title)
    && (of('user_card') === '' || books.cardsOf(user.user_id).some((card) => card.number.includes(of('user_card'))))
    && (groups.length === 0 || groups.includes('1') || groups.includes(user.group)) && inAccess(user)
    && (!('user_status' in body) || of('user_status') === '' || yes(body['user_status']) === user.disabled)
    && (level === '0' || (level === '-1' ? user.level === '' : user.level === level)));
  return ordered(found, of('order_by'));
}

export function userSearchRoutes(books: Books): Route[] {
  return [
    ['GET', '/api/users', ({ query }) => {
      const group = query.get('group_id') ?? '1';
      const since = Number(query.get('last_modified') ?? 0);
      const all = [...books.users.values()].filter((user) => (group === '1' || user.group === group) && user.modified >= since);
      const rows = page(ordered(all, query.get('order_by') ?? ''), query.get('limit') ?? '', query.get('offset') ?? '');
      return ok({ UserCollection: { total: all.length, rows: rows.map((user) => v1User(user, books, false)) } });
    }],
    ['POST', '/api/v2/users/search', ({ body }) => {
      if (Object.keys(body).length === 0) refuse(30);
      const group = text(body['user_group_id']);
      const found = [...books.users.values()].filter((user) => (group === '' || group === '1' || user.group === group)
        && like(text(body['search_text']), user.user_id, user.name, user.email, user.phone));
      // No `offset`: the vendor documents none for this call (suprema-api E6).
      const rows = page(ordered(found, text(body['order_by'])), text(body['limit']), '');
      return ok({ UserCollection: { total: found.length, rows: rows.map((user) => v2User(user, books)) } });
    }],
    ['POST', '/api/v2/users/advance_search', ({ body }) => {
      const found = advanced(body, books);
      const rows = page(found, text(body['limit']), text(body['offset']));
      return ok({ UserCollection: { total: found.length, rows: rows.map((user) => v2User(user, books)) } });
    }],
    ['POST', '/api/v2/users/advance_search/ids', ({ body }) => {
      const found = advanced(body, books);
      return ok({ ids: { total: found.length, rows: page(found, text(body['limit']), text(body['offset'])).map(({ user_id: id }) => id) } });
    }],
  ];
}
