import type { BioStar } from '../biostar';
import { BioStarError } from '../biostar-error';
import { type Fields, idsOf, numberOf, textOf, textsOf } from '../wire';
import { compareIds, type User } from './user';

/** `POST /api/v2/users/search`: at least one key; there is no offset (suprema-api U2, E6). Throws 30. */
export function searchUsers({ users }: BioStar, body: Fields): { total: number; rows: readonly User[] } {
  if (Object.keys(body).length === 0) throw new BioStarError(30);
  const group = textOf(body['user_group_id']);
  const words = textOf(body['search_text']).toLowerCase();
  const found = users.all().filter((user) => inGroup(user, group === '' ? [] : [group])
    && [user.userId, user.name, user.email, user.phone].some((text) => text.toLowerCase().includes(words)));
  return cut(order(found, textOf(body['order_by'])), numberOf(body['limit']), 0);
}

/** `POST /api/v2/users/advance_search` (suprema-api U3). Throws 30 where a required key is missing. */
export function advanceSearch(biostar: BioStar, body: Fields): { total: number; rows: readonly User[] } {
  for (const key of ['limit', 'order_by', 'user_operator_level_id']) if (body[key] === undefined) throw new BioStarError(30);
  return cut(order(filterUsers(biostar, body), textOf(body['order_by'])), numberOf(body['limit']), numberOf(body['offset']) ?? 0);
}

/** Users that all criteria of an advanced search fit. */
export function filterUsers({ users, cards }: BioStar, body: Fields): User[] {
  const like = (key: string, ...texts: string[]): boolean => {
    const wanted = textOf(body[key]).toLowerCase();
    return wanted === '' || texts.some((text) => text.toLowerCase().includes(wanted));
  };
  const groups = [...textsOf(body['user_group_id']), ...textsOf(body['user_group_ids']).flatMap((ids) => idsOf(ids))];
  const access = textsOf(body['user_access_group_ids']).flatMap((ids) => idsOf(ids));
  const level = textOf(body['user_operator_level_id']);
  return users.all().filter((user) => like('user_id', user.userId) && like('user_name', user.name) && like('user_email', user.email)
    && like('user_phone', user.phone) && like('user_department', user.department) && like('user_title', user.title)
    && like('user_card', ...cards.ofUser(user.userId).map(({ number }) => number))
    && inGroup(user, groups) && inAccessGroup(user, access) && hasLevel(user, level) && hasStatus(user, textOf(body['user_status'])));
}

/** `key:true` is descending, as in `id:false` of the samples for the usual order. */
export function order(users: readonly User[], by: string): readonly User[] {
  const [key = 'user_id', descending] = by.split(':');
  const compare = key === 'name' ? (one: User, other: User) => one.name.localeCompare(other.name) : (one: User, other: User) => compareIds(one.userId, other.userId);
  const sorted = [...users].sort(compare);
  return descending === 'true' ? sorted.reverse() : sorted;
}

/** Limit 0 or none: all. */
export function cut<T>(all: readonly T[], limit: number | null, offset: number): { total: number; rows: readonly T[] } {
  return { total: all.length, rows: limit === null || limit <= 0 ? all.slice(offset) : all.slice(offset, offset + limit) };
}

/** Group 1 is the root: everybody is in it. */
export function inGroup(user: User, groups: readonly string[]): boolean {
  return groups.length === 0 || groups.includes('1') || groups.includes(String(user.group.id));
}

function inAccessGroup({ accessGroups }: User, wanted: readonly string[]): boolean {
  if (wanted.length === 0) return true;
  if (wanted.includes('*')) return accessGroups.length > 0;
  if (wanted.includes('void')) return accessGroups.length === 0;
  return accessGroups.some(({ id }) => wanted.includes(String(id)));
}

function hasLevel({ permission }: User, level: string): boolean {
  if (level === '' || level === '0') return true;
  return level === '-1' ? permission === '' : permission === level;
}

/** `false` is active (suprema-api U3). */
function hasStatus({ disabled }: User, status: string): boolean {
  return status === '' || disabled === (status === 'true');
}
