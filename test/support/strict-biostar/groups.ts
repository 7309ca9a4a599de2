/** User groups and access groups (suprema-api A3.2). */
import type { Books } from './books';
import { list, no, ok, record, text, type Json, type Route } from './wire';

export function groupRoutes(books: Books): Route[] {
  const userGroups = (ids: string[]): Json[] => [...books.groups].filter(([id]) => ids.length === 0 || ids.includes(id)).map(([id, name]) => ({
    id: Number(id), name, parent_id: id === '1' ? {} : { id: 1 }, user_count: [...books.users.values()].filter((user) => user.group === id).length,
  }));
  const accessGroups = (): Json[] => [...books.accessGroups].map(([id, name]) => ({
    id: Number(id), name, users: [...books.users.values()].filter((user) => user.accessGroups.includes(id)).map((user) => ({ user_id: user.user_id, name: user.name })),
    user_groups: [], access_levels: [], floor_levels: [],
  }));
  return [
    ['GET', '/api/user_groups', () => ok({ UserGroupCollection: { total: books.groups.size, rows: userGroups([]) } })],
    ['POST', '/api/v2/user_groups/search', ({ body }) => {
      const rows = userGroups(list(body['user_group_id_list']).map(text));
      return ok({ UserGroupCollection: { total: rows.length, rows } });
    }],
    ['POST', '/api/user_groups', ({ body }) => {
      const name = text(record(body['UserGroup'])['name']);
      if (name === '') return no(30);
      if ([...books.groups.values()].includes(name)) return no(204);
      const id = String(Math.max(...[...books.groups.keys()].map(Number)) + 1);
      books.groups.set(id, name);
      return ok({ UserGroup: { id: Number(id), name } });
    }],
    ['GET', '/api/access_groups', () => ok({ AccessGroupCollection: { total: books.accessGroups.size, rows: accessGroups() } })],
    ['POST', '/api/v2/access_groups/search', ({ body }) => {
      const limit = Number(text(body['limit']));
      const rows = accessGroups();
      return ok({ AccessGroupCollection: { total: rows.length, rows: limit > 0 ? rows.slice(0, limit) : rows } });
    }],
    ['GET', '/api/access_groups/{id}', ({ params: [id = ''] }) => {
      const row = accessGroups().find((group) => String(group['id']) === id);
      return row === undefined ? no(603) : ok({ AccessGroup: row });
    }],
  ];
}
