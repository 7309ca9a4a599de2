import type { BioStar } from '../biostar';
import { BioStarError } from '../biostar-error';
import type { Code } from '../codes';
import { type Answer, type Asked, type Route, v1Rows } from '../route';
import { type Fields, idsOf, numberOf, objectOf, rowsOf, textOf } from '../wire';
import { readCards } from './assign-cards';
import { deleteUser } from './delete-users';
import { readChangedUser, readNewUser } from './read-user';
import { advanceSearch, cut, inGroup, order, searchUsers } from './search-users';
import type { User } from './user';
import { userRow, userRowV2, wholeUser } from './user-rows';

const MOST_IN_BULK = 100;

/** Users (suprema-api A3). */
export const USER_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/api/users', style: 'v1', handle: list },
  { method: 'POST', path: '/api/users', style: 'v1', handle: create },
  { method: 'PUT', path: '/api/users', style: 'v1', handle: editMany },
  { method: 'DELETE', path: '/api/users', style: 'v1', handle: (biostar, { query }) => remove(biostar, idsToDelete(biostar, query)) },
  { method: 'GET', path: '/api/users/next_user_id', style: 'short', handle: ({ users }) => ({ body: { User: { user_id: users.nextId() } } }) },
  { method: 'PUT', path: '/api/users/bulk', style: 'v1', handle: bulk },
  { method: 'GET', path: '/api/users/:id', style: 'v1', handle: (biostar, asked) => ({ body: { User: wholeUser(biostar, known(biostar, asked)) } }) },
  { method: 'PUT', path: '/api/users/:id', style: 'v1', handle: update },
  { method: 'DELETE', path: '/api/users/:id', style: 'v1', handle: (biostar, { parameters }) => remove(biostar, [parameters['id'] ?? '']) },
  {
    method: 'POST', path: '/api/v2/users/search', style: 'v2',
    handle: (biostar, { body }) => ({ body: { UserCollection: v2Users(biostar, searchUsers(biostar, body)) } }),
  },
  {
    method: 'POST', path: '/api/v2/users/advance_search', style: 'v2',
    handle: (biostar, { body }) => ({ body: { UserCollection: v2Users(biostar, advanceSearch(biostar, body)) } }),
  },
  { method: 'POST', path: '/api/v2/users/advance_search/ids', style: 'v2', handle: ids },
];

function list(biostar: BioStar, { query }: Asked): Answer {
  const found = biostar.users.all().filter((user) => inGroup(user, idsOf(query.get('group_id'))));
  const { total, rows } = cut(order(found, query.get('order_by') ?? ''), numberOf(query.get('limit')), numberOf(query.get('offset')) ?? 0);
  return { body: { UserCollection: { total, ...v1Rows(biostar, rows.map((user) => userRow(biostar, user)), 'absent') } } };
}

/** One `User`, or many in `UserCollection`: of many each is its own, and a bad one does not hinder the others. */
function create(biostar: BioStar, { body }: Asked): Answer {
  if (body['User'] !== undefined) {
    const user = createOne(biostar, objectOf(body['User']));
    return { body: { UserCollection: { total: 1, rows: [{ user_id: user.userId, name: user.name }] } } };
  }
  const asked = rowsOf(body['UserCollection']);
  if (asked.length === 0) throw new BioStarError(30);
  const rows = asked.map((fields) => ({ user_id: textOf(fields['user_id']), name: textOf(fields['name']), ret_code: tried(() => createOne(biostar, fields)) }));
  return { body: { UserCollection: { total: rows.length, rows } }, code: together(rows.map(({ ret_code: code }) => code)) };
}

function createOne(biostar: BioStar, fields: Fields): User {
  const user = readNewUser(biostar, fields);
  const assign = readCards(biostar, user.userId, fields['cards']);
  biostar.users.put(user);
  assign?.();
  biostar.events.add({ code: 8192, user, reader: 1 });
  return user;
}

function update(biostar: BioStar, asked: Asked): Answer {
  change(biostar, known(biostar, asked), objectOf(asked.body['User']));
  return {};
}

function change(biostar: BioStar, user: User, fields: Fields): void {
  const changed = readChangedUser(biostar, user, fields);
  const assign = readCards(biostar, user.userId, fields['cards']);
  biostar.users.put(changed);
  assign?.();
  biostar.events.add({ code: 8704, user: changed, reader: 1 });
}

/** `PUT /api/users?id=7+8` (suprema-api E11). */
function editMany(biostar: BioStar, { query, body }: Asked): Answer {
  const wanted = idsOf(query.get('id'));
  if (wanted.length === 0) throw new BioStarError(30);
  const { user_id: _own, ...fields } = objectOf(body['User']);
  const rows = wanted.map((id) => ({ user_id: id, ret_code: tried(() => change(biostar, found(biostar, id), fields)) })).filter(({ ret_code: code }) => code !== 0);
  return { body: { FailedUserCollection: { total: rows.length, rows: rows.length === 0 ? '' : rows } }, code: rows.length === 0 ? 0 : rows.length === wanted.length ? 8 : 1 };
}

function bulk(biostar: BioStar, { body }: Asked): Answer {
  const asked = rowsOf(body['UserCollection']);
  if (asked.length === 0 || asked.length > MOST_IN_BULK) throw new BioStarError(700);
  const rows = asked.map((fields) => {
    const id = textOf(fields['user_id']);
    return { user_id: id, ret_code: tried(() => change(biostar, found(biostar, id), fields)) };
  });
  return { body: { UserCollection: { total: rows.length, rows } }, code: together(rows.map(({ ret_code: code }) => code)) };
}

function idsToDelete({ users }: BioStar, query: URLSearchParams): string[] {
  const asked = idsOf(query.get('id'));
  const group = idsOf(query.get('group_id'));
  if (asked.length === 0 && group.length === 0) throw new BioStarError(30);
  if (group.length === 0 && !asked.includes('*')) return asked;
  return users.all().filter((user) => !users.isAdministrator(user.userId) && inGroup(user, group)).map(({ userId }) => userId);
}

/** One that cannot be deleted is refused with its code; of several, rows tell. */
function remove(biostar: BioStar, asked: readonly string[]): Answer {
  const rows = asked.map((id) => ({ user_id: id, ret_code: deleteUser(biostar, id) }));
  const [only] = rows;
  if (only !== undefined && rows.length === 1 && only.ret_code !== 0) throw new BioStarError(only.ret_code);
  const code = together(rows.map(({ ret_code: one }) => one));
  return code === 0 ? {} : { body: { UserCollection: { total: rows.length, rows } }, code };
}

function ids(biostar: BioStar, { body }: Asked): Answer {
  const { total, rows } = advanceSearch(biostar, { order_by: 'user_id:false', limit: 0, user_operator_level_id: 0, ...body });
  return { body: { ids: { total, rows: rows.map(({ userId }) => userId) } } };
}

function v2Users(biostar: BioStar, { total, rows }: { total: number; rows: readonly User[] }): Fields {
  return { total, rows: rows.map((user) => userRowV2(biostar, user)) };
}

function known(biostar: BioStar, { parameters }: Asked): User {
  return found(biostar, parameters['id'] ?? '');
}

function found({ users }: BioStar, id: string): User {
  const user = users.get(id);
  if (user === undefined) throw new BioStarError(201);
  return user;
}

function tried(work: () => unknown): Code {
  try {
    work();
    return 0;
  } catch (error) {
    if (error instanceof BioStarError) return error.code;
    throw error;
  }
}

/** 0 all, 1 some, 8 none (suprema-api A1.1). */
function together(codes: readonly Code[]): Code {
  const good = codes.filter((code) => code === 0).length;
  return good === codes.length ? 0 : good === 0 ? 8 : 1;
}
