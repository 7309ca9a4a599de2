import type { BioStar } from '../biostar';
import { BioStarError } from '../biostar-error';
import { ACCESS_GROUPS, type Group, groupWithId, USER_GROUPS } from '../groups';
import { readTime } from '../times';
import { type Fields, flagOf, idOf, objectOf, textOf } from '../wire';
import { checkPassword, checkPeriod, checkPin, checkUserFields, checkUserId } from './check-user';
import type { User } from './user';

/** A user as `POST /api/users` asks for it. Throws the vendor's codes; changes nothing. */
export function readNewUser({ users, settings, clock }: BioStar, fields: Fields): User {
  const userId = textOf(fields['user_id']);
  checkUserId(userId, settings.useAlphanumeric);
  if (users.get(userId) !== undefined) throw new BioStarError(202);
  if (fields['user_group_id'] === undefined) throw new BioStarError(600);
  const blank = { userId, name: '', email: '', phone: '', department: '', title: '', accessGroups: [], disabled: false, loginId: '', havePin: false, permission: '' };
  const user: User = { ...blank, group: USER_GROUPS[0] as Group, start: NaN, expiry: NaN, modified: clock.now(), updates: 0 };
  return checked(users, merge(user, fields), fields, false);
}

/** A user as a partial `PUT` makes it. Throws the vendor's codes, 207 for another `user_id`; changes nothing. */
export function readChangedUser({ users, clock }: BioStar, user: User, fields: Fields): User {
  const asked = textOf(fields['user_id']);
  if (asked !== '' && asked !== user.userId) throw new BioStarError(207);
  return checked(users, merge({ ...user, modified: clock.now(), updates: user.updates + 1 }, fields), fields, true);
}

/** What `fields` name takes the place of what was; an empty text or list clears (suprema-api U8). */
function merge(user: User, fields: Fields): User {
  const text = (key: string, was: string): string => (fields[key] === undefined ? was : textOf(fields[key]));
  return {
    ...user,
    name: text('name', user.name), email: text('email', user.email), phone: text('phone', user.phone),
    department: text('department', user.department), title: text('user_title', user.title), loginId: text('login_id', user.loginId),
    group: fields['user_group_id'] === undefined ? user.group : userGroup(idOf(fields['user_group_id'])),
    accessGroups: fields['access_groups'] === undefined ? user.accessGroups : accessGroups(fields['access_groups']),
    start: time(fields['start_datetime'], user.start), expiry: time(fields['expiry_datetime'], user.expiry),
    disabled: fields['disabled'] === undefined ? user.disabled : flagOf(fields['disabled']),
    havePin: fields['pin'] === undefined ? user.havePin : textOf(fields['pin']) !== '',
    permission: fields['permission'] === undefined ? user.permission : idOf(fields['permission']),
  };
}

function checked(users: BioStar['users'], user: User, fields: Fields, update: boolean): User {
  checkUserFields(user);
  // Not a number where a period was left out or is no time.
  if (Number.isNaN(user.start) || Number.isNaN(user.expiry)) throw new BioStarError(131085);
  // A long period that stands already does not forbid other changes.
  if (!update || fields['start_datetime'] !== undefined || fields['expiry_datetime'] !== undefined) checkPeriod(user, update);
  checkPin(textOf(fields['pin']), update);
  const password = textOf(fields['password']);
  if (Object.keys(objectOf(fields['permission'])).length > 0) {
    if (user.loginId === '') throw new BioStarError(131083);
    if (password === '' && !update) throw new BioStarError(131084);
  }
  checkPassword(password);
  if (isOther(users.withEmail(user.email), user)) throw new BioStarError(212);
  if (isOther(users.withLogin(user.loginId), user)) throw new BioStarError(208);
  return user;
}

function isOther(found: User | undefined, user: User): boolean {
  return found !== undefined && found.userId !== user.userId;
}

function userGroup(id: string): Group {
  const group = groupWithId(USER_GROUPS, id);
  if (group === undefined) throw new BioStarError(600);
  return group;
}

/** `[{ "id": "" }]` is accepted and means none (suprema-api E10). */
function accessGroups(value: unknown): Group[] {
  const asked = Array.isArray(value) ? value.map(idOf).filter((id) => id !== '') : [];
  return asked.map((id) => {
    const group = groupWithId(ACCESS_GROUPS, id);
    if (group === undefined) throw new BioStarError(603);
    return group;
  });
}

function time(value: unknown, was: number): number {
  return value === undefined ? was : readTime(textOf(value)) ?? NaN;
}
