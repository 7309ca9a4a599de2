import type { BiostarServer } from './biostar-server';
import { BiostarError } from './biostar-error';
import type { Routes } from './route';
import { userDetail, userRow } from './rows';
import { ACCESS_GROUPS, GROUPS, type SimulatedUser } from './users';
import { collection, type Fields, idsOf, pagingIn, part, rowsAt, textAt } from './wire';

const MOST_IN_BULK = 100;
const MOST_CARDS = 8;

/** Users and their groups (suprema-api A3, E5 to E12). */
export const USER_ROUTES: Routes = {
  'GET /api/users': (server, { query }) => ({ body: collection('UserCollection', all(server).map((user) => userRow(server, user)), pagingIn(query)) }),
  'GET /api/users/next_user_id': (server) => ({
    body: { User: { user_id: String(Math.max(0, ...all(server).map(({ userId }) => (/^\d+$/.test(userId) ? Number(userId) : 0))) + 1) } }, short: true,
  }),
  'GET /api/users/:id': (server, { id }) => ({ body: { User: userDetail(server, server.users.get(id)) } }),
  'POST /api/users': (server, { body }) => {
    const many = rowsAt(body, 'UserCollection', 'rows');
    const made = (many.length > 0 ? many : [part(body, 'User')]).map((given) => {
      const user = server.users.create(given);
      server.events.tell(8192, { user });
      return { user_id: user.userId, name: user.name };
    });
    return { body: { UserCollection: { total: String(made.length), rows: made } } };
  },
  'PUT /api/users/bulk': (server, { body }) => {
    const rows = rowsAt(body, 'UserCollection', 'rows');
    if (rows.length === 0 || rows.length > MOST_IN_BULK) throw new BiostarError(700, 400, 'At most 100 users at a time.');
    const done = rows.map((given) => ({ user_id: textAt(given, 'user_id'), ret_code: attempt(() => { update(server, server.users.get(textAt(given, 'user_id')), given); }) }));
    const failed = done.filter(({ ret_code: code }) => code !== '0').length;
    return { code: failed === 0 ? 0 : failed === done.length ? 8 : 1, body: { UserCollection: { rows: done } } };
  },
  'PUT /api/users/:id': (server, { id, body }) => {
    const user = server.users.get(id);
    update(server, user, part(body, 'User'));
    server.events.tell(8704, { user });
    return {};
  },
  'DELETE /api/users': (server, { query }) => {
    const ids = idsOf(query.get('id'));
    const gone = ids.flatMap((id) => server.users.all.get(id) ?? []);
    server.users.remove(ids);
    for (const user of gone) {
      // Deleting users deletes their cards at the portal (suprema-api C9).
      if (server.mobile.configured && server.portal.online) server.mobile.delete([], [user.userId]);
      server.events.tell(9216, { user });
    }
    return {};
  },
  'POST /api/v2/users/search': (server, { body }) => ({ body: v2(server, all(server).filter((user) => fits(user, body)), body) }),
  'POST /api/v2/users/advance_search': (server, { body }) => {
    for (const key of ['limit', 'order_by', 'user_operator_level_id']) if (textAt(body, key) === '') throw new BiostarError(30, 400, `${key} is required.`);
    return { body: v2(server, all(server).filter((user) => fits(user, body)), body) };
  },
  'GET /api/user_groups': () => ({ body: collection('UserGroupCollection', [...GROUPS], null) }),
  'POST /api/v2/user_groups/search': () => ({ body: collection('UserGroupCollection', [...GROUPS], null) }),
  'GET /api/access_groups': () => ({ body: collection('AccessGroupCollection', [...ACCESS_GROUPS], null) }),
  'POST /api/v2/access_groups/search': () => ({ body: collection('AccessGroupCollection', [...ACCESS_GROUPS], null) }),
};

/** Changes a user; `cards` replaces the whole list (A4.4). Code 400 for an unknown card, 408 for somebody else's. */
function update(server: BiostarServer, user: SimulatedUser, given: Fields): void {
  const cards = 'cards' in given ? cardsIn(server, user, given) : null;
  server.users.update(user, given);
  if (cards !== null) user.cards = cards;
}

function cardsIn(server: BiostarServer, user: SimulatedUser, given: Fields): string[] {
  const uids = rowsAt(given, 'cards').map((card) => textAt(card, 'id'));
  const cards = uids.map((uid) => server.cards.all.get(uid));
  for (const card of cards) {
    if (card === undefined) throw new BiostarError(400, 400, 'The card was not found.');
    const owner = server.users.ownerOf(card.uid);
    if (owner !== undefined && owner !== user) throw new BiostarError(408, 400, 'The card is already assigned.');
    if (server.cards.register.has(card.uid) && owner !== user) throw new BiostarError(65_749, 400, 'The card ID was used before.');
  }
  if (cards.filter((card) => card?.type === '4').length > 1) throw new BiostarError(262_189, 400, 'The mobile card is already enrolled for the user.');
  if (cards.filter((card) => card?.type !== '4').length > MOST_CARDS) throw new BiostarError(30, 400, 'At most 8 cards.');
  return uids;
}

function fits(user: SimulatedUser, body: Fields): boolean {
  const has = (key: string, value: string): boolean => value.toLowerCase().includes(textAt(body, key).toLowerCase());
  const group = textAt(body, 'user_group_id');
  return (group === '' || group === user.group) && has('user_id', user.userId) && has('user_name', user.name) && has('user_email', user.email)
    && has('user_phone', user.phone) && has('user_department', user.department) && has('search_text', `${user.userId}\n${user.name}\n${user.email}`);
}

function v2(server: BiostarServer, users: readonly SimulatedUser[], body: Fields): Fields {
  const count = (key: string): number => (/^\d{1,9}$/.test(textAt(body, key)) ? Number(textAt(body, key)) : 0);
  const rows = users.map((user) => userRow(server, user, true));
  const limit = count('limit');
  const shown = limit === 0 ? rows : rows.slice(count('offset'), count('offset') + limit);
  return { UserCollection: { total: String(rows.length), rows: shown } };
}

function all(server: BiostarServer): SimulatedUser[] {
  return [...server.users.all.values()];
}

function attempt(work: () => void): string {
  try {
    work();
    return '0';
  } catch (error) {
    if (error instanceof BiostarError) return String(error.code);
    throw error;
  }
}
