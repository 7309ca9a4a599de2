/** What one line of a CSV import does to the books (suprema-api C2, C10, E13). */
import { MOBILE, type Books, type User } from './books';
import { asChangedUser, asNewUser } from './user-rules';
import { Refused, type Json } from './wire';

/** `at` counts lines of the file from 1; `fields` are its cells by the field of the data base they feed. */
export interface Line {
  at: number;
  cells: string[];
  fields: Record<string, string>;
  /** Its user was there before, and Preserve keeps all of it. */
  kept?: boolean;
}

/** The user of a line; every line is its own transaction. */
export function took(line: Line, preserve: boolean, books: Books): boolean {
  const { fields } = line;
  const old = books.users.get(fields['user_id'] ?? '');
  line.kept = old !== undefined && preserve;
  if (line.kept) return true;
  try {
    const csn = fields['csn'] ?? '';
    const card = csn === '' ? undefined : books.numbered(csn);
    if (csn !== '' && !/^[1-9]\d{0,31}$/.test(csn)) return false;
    if (card !== undefined && card.owner !== null && card.owner !== fields['user_id']) return false;
    const user = userOf(fields, old, books);
    if (old === undefined) books.addUser(user);
    else { Object.assign(old, user); books.touch(old); }
    if (csn !== '') books.give(card ?? books.addCard(csn), user.user_id);
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

function userOf(fields: Record<string, string>, old: User | undefined, books: Books): User {
  const keys = ['name', 'department', 'user_title', 'phone', 'email', 'pin', 'start_datetime', 'expiry_datetime'];
  const sent: Json = Object.fromEntries(keys.flatMap((key) => (fields[key] ?? '') === '' ? [] : [[key, fields[key]]]));
  const group = [...books.groups].find(([, name]) => name === fields['user_group']?.split('/').at(-1))?.[0];
  if (group !== undefined) sent['user_group_id'] = { id: group };
  if (old !== undefined) return asChangedUser(old, sent, books);
  const period = { start_datetime: '2001-01-01T00:00:00.00Z', expiry_datetime: '2030-12-31T23:59:00.00Z' };
  return asNewUser({ user_id: fields['user_id'], user_group_id: { id: '1' }, ...period, ...sent }, books);
}

/** The mobile card of a line: the same number is kept, another one is issued only by Overwrite (suprema-api C10). */
export function issued({ fields, kept }: Line, books: Books): boolean {
  const number = fields['csn_mobile'] ?? '';
  const user = books.users.get(fields['user_id'] ?? '');
  if (number === '' || user === undefined || kept === true) return true;
  const old = books.cardsOf(user.user_id).find((card) => card.type === MOBILE);
  if (old?.number === number) return true;
  if (books.settings.mobile.site_type === 'DYNAMIC' && ((fields['mobile_start_datetime'] ?? '') === '' || (fields['mobile_expiry_datetime'] ?? '') === '')) return false;
  const known = books.numbered(number);
  if (!/^\d{1,32}$/.test(number) || known?.owner != null || (known !== undefined && known.type !== MOBILE)) return false;
  const registered = known === undefined ? undefined : books.register.get(known.id);
  if (registered !== undefined && registered.userId !== user.user_id) return false;
  if (user.email === '' && books.portal.messaging === 'EMAIL') return false;
  if (old !== undefined && !books.deleteAtPortal(old.number)) return false;
  if (old !== undefined) books.give(old, null);
  if (books.portal.issue({ number, userKey: user.user_id, name: user.name, email: user.email, phone: user.phone }) !== null) return false;
  const card = known ?? books.addCard(number, MOBILE);
  books.register.delete(card.id);
  books.give(card, user.user_id);
  return true;
}
