/** What the server accepts as a user (suprema-api A3 rules, E7, E10; codes of A1.2), and its fields put into the books. */
import type { Books, User } from './books';
import { idOf, list, record, refuse, text, yes, type Json } from './wire';

const FROM = Date.UTC(2001, 0, 1);
const TO = Date.UTC(2038, 0, 1);
const YEARS_30 = 30 * 366 * 86_400_000;
/** Signs that a name may not have: those that the words of code 131074 do not allow. */
const FORBIDDEN_SIGN = /["'*./:<>?\\`|]/;

function checkId(id: string, books: Books): void {
  const fits = yes(books.settings.use_alphanumeric)
    ? /^\S{1,32}$/.test(id)
    : /^[1-9]\d{0,9}$/.test(id) && Number(id) <= 4_294_967_295;
  if (!fits) refuse(131073);
}

function checkName(name: string): void {
  if (name.length > 48) refuse(131094);
  if (FORBIDDEN_SIGN.test(name)) refuse(131074);
}

function checkContact(user: User, books: Books): void {
  if (user.email !== '') {
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(user.email)) refuse(131079);
    for (const other of books.users.values()) if (other.user_id !== user.user_id && other.email === user.email) refuse(212);
  }
  if (user.phone.length > 32) refuse(131076);
  if (user.phone !== '' && !/^\+?[\d\s()-]+$/.test(user.phone)) refuse(131077);
  if (user.department.length > 64 || user.user_title.length > 64) refuse(131075);
}

function checkPeriod(user: User, update: boolean): void {
  const [start, expiry] = [Date.parse(user.start), Date.parse(user.expiry)];
  if (!(start >= FROM && start < TO && expiry >= FROM && expiry < TO)) refuse(131085);
  if (expiry < start) refuse(131086);
  if (update && expiry - start > YEARS_30) refuse(131085);
}

function checkPin(pin: string, update: boolean): void {
  if (pin === '' || (update && pin.length === 44)) return;
  if (!/^\d+$/.test(pin)) refuse(131081);
  if (update ? pin.length < 4 || pin.length > 16 : pin.length > 32) refuse(131080);
}

/** The fields of `sent` over those of `old`; what is not sent stays. */
export function merged(old: User, sent: Json, books: Books): User {
  const user: User = { ...old };
  for (const key of ['name', 'email', 'phone', 'department', 'user_title', 'login_id', 'pin'] as const) {
    if (key in sent) user[key] = text(sent[key]);
  }
  if ('start_datetime' in sent) user.start = text(sent['start_datetime']);
  if ('expiry_datetime' in sent) user.expiry = text(sent['expiry_datetime']);
  if ('disabled' in sent) user.disabled = yes(sent['disabled']);
  if ('permission' in sent) user.level = idOf(sent['permission']);
  if ('user_group_id' in sent) user.group = idOf(sent['user_group_id']);
  if (!books.groups.has(user.group)) refuse(600);
  if ('access_groups' in sent) {
    // `[{"id":""}]` is in the vendor's own sample and means none (suprema-api E10).
    user.accessGroups = list(sent['access_groups']).map((group) => idOf(group)).filter((id) => id !== '');
    for (const id of user.accessGroups) if (!books.accessGroups.has(id)) refuse(603);
  }
  return user;
}

function checkLogin(user: User, sent: Json, books: Books): void {
  if ('permission' in sent && idOf(sent['permission']) !== '') {
    if (user.login_id === '') refuse(131083);
    if (text(sent['password']) === '' && !books.users.has(user.user_id)) refuse(131084);
  }
  if (user.login_id === '') return;
  for (const other of books.users.values()) if (other.user_id !== user.user_id && other.login_id === user.login_id) refuse(208);
}

function checked(user: User, sent: Json, books: Books, update: boolean): User {
  checkName(user.name);
  checkContact(user, books);
  checkPeriod(user, update);
  checkPin('pin' in sent ? user.pin : '', update);
  checkLogin(user, sent, books);
  return user;
}

/** A new user as sent; throws `Refused`. Nothing is in the books yet. */
export function asNewUser(value: unknown, books: Books): User {
  const sent = record(value);
  const id = text(sent['user_id']);
  if (id === '' || idOf(sent['user_group_id']) === '' || text(sent['start_datetime']) === '' || text(sent['expiry_datetime']) === '') refuse(30);
  checkId(id, books);
  if (books.users.has(id)) refuse(202);
  const blank: User = {
    user_id: id, name: '', email: '', phone: '', department: '', user_title: '', group: '1', start: '', expiry: '',
    disabled: false, login_id: '', level: '', pin: '', accessGroups: [], modified: 0,
  };
  return checked(merged(blank, sent, books), sent, books, false);
}

/** A user with the sent fields changed; throws `Refused`. Nothing is in the books yet. */
export function asChangedUser(old: User, value: unknown, books: Books): User {
  const sent = record(value);
  if ('user_id' in sent && text(sent['user_id']) !== old.user_id) refuse(207);
  return checked(merged(old, sent, books), sent, books, true);
}
