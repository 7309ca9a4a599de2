import type { BioStar } from './biostar';
import { BioStarError } from './biostar-error';
import { ACCESS_GROUPS, type Group, groupWithId, USER_GROUPS } from './groups';
import { type Answer, type Asked, type Route, v1Rows } from './route';
import { cut } from './users/search-users';
import { type Fields, numberOf, textsOf } from './wire';

/** User groups and access groups, to be looked up (suprema-api A3.2). */
export const GROUP_ROUTES: readonly Route[] = [
  {
    method: 'GET', path: '/api/user_groups', style: 'v1',
    handle: (biostar) => ({ body: { UserGroupCollection: { total: USER_GROUPS.length, ...v1Rows(biostar, USER_GROUPS.map((group) => userGroup(biostar, group)), 'absent') } } }),
  },
  { method: 'POST', path: '/api/v2/user_groups/search', style: 'v2', handle: searchUserGroups },
  {
    method: 'GET', path: '/api/access_groups', style: 'v1',
    handle: (biostar) => ({ body: { AccessGroupCollection: { total: ACCESS_GROUPS.length, ...v1Rows(biostar, ACCESS_GROUPS.map((group) => accessGroup(biostar, group)), 'absent') } } }),
  },
  { method: 'POST', path: '/api/v2/access_groups/search', style: 'v2', handle: searchAccessGroups },
  {
    method: 'GET', path: '/api/access_groups/:id', style: 'v1',
    handle: (biostar, { parameters }) => {
      const group = groupWithId(ACCESS_GROUPS, parameters['id'] ?? '');
      if (group === undefined) throw new BioStarError(603);
      return { body: { AccessGroup: accessGroup(biostar, group) } };
    },
  },
];

function searchUserGroups(biostar: BioStar, { body }: Asked): Answer {
  const wanted = textsOf(body['user_group_id_list']);
  const found = USER_GROUPS.filter(({ id }) => wanted.length === 0 || wanted.includes(String(id)));
  const { total, rows } = cut(found, numberOf(body['limit']), numberOf(body['offset']) ?? 0);
  return { body: { UserGroupCollection: { total, rows: rows.map((group) => userGroup(biostar, group)) } } };
}

function searchAccessGroups(biostar: BioStar, { body }: Asked): Answer {
  const { total, rows } = cut(ACCESS_GROUPS, numberOf(body['limit']), numberOf(body['offset']) ?? 0);
  return { body: { AccessGroupCollection: { total, rows: rows.map((group) => accessGroup(biostar, group)) } } };
}

function userGroup({ users }: BioStar, { id, name }: Group): Fields {
  return { id, name, depth: id === 1 ? 0 : 1, parent_id: id === 1 ? null : USER_GROUPS[0], user_count: users.all().filter(({ group }) => group.id === id).length };
}

function accessGroup({ users }: BioStar, { id, name }: Group): Fields {
  const inside = users.all().filter(({ accessGroups }) => accessGroups.some((group) => group.id === id));
  return { id, name, description: '', users: inside.map(({ userId, name: user }) => ({ user_id: userId, name: user })), user_groups: [], access_levels: [], floor_levels: [] };
}
