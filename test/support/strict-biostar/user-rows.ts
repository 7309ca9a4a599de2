/** How a user looks in the answers: the v1 shape, and the v2 row (suprema-api A3, E4). */
import { MOBILE, type Books, type User } from './books';
import { cardRow } from './card-rows';
import type { Json } from './wire';

const counts = (user: User, books: Books): { cards: number; mobile: number; qr: number } => {
  const cards = books.cardsOf(user.user_id);
  return { cards: cards.length, mobile: cards.filter(({ type }) => type === MOBILE).length, qr: cards.filter(({ type }) => type === 6 || type === 7).length };
};

const named = (ids: string[], names: Map<string, string>): Json[] => ids.map((id) => ({ id, name: names.get(id) ?? '' }));

/** v1: empty fields are sent, date-times have `.00Z`. `withCards`: the single user has its cards, the list has not. */
export function v1User(user: User, books: Books, withCards: boolean): Json {
  const { cards } = counts(user, books);
  return {
    user_id: user.user_id, name: user.name, gender: 0, email: user.email, phone: user.phone, department: user.department,
    user_title: user.user_title, photo_exists: false, pin_exists: user.pin !== '', login_id: user.login_id,
    password_exists: user.login_id !== '', updated_count: 0, last_modified: user.modified, start_datetime: user.start,
    expiry_datetime: user.expiry, security_level: 0,
    ...(user.level === '' ? {} : { permission: { id: Number(user.level), name: user.level === '1' ? 'Administrator' : 'Operator' } }),
    user_group_id: { id: Number(user.group), name: books.groups.get(user.group) }, disabled: user.disabled,
    expired: Date.parse(user.expiry) < Date.now(), fingerprint_template_count: 0, face_count: 0, card_count: cards,
    access_groups: named(user.accessGroups, books.accessGroups).map(({ id, name }) => ({ id: Number(id), name })),
    ...(withCards ? { cards: books.cardsOf(user.user_id).map((card) => cardRow(card, books)) } : {}),
  };
}

/** v2: empty fields are left out, date-times have neither zone nor fraction. */
export function v2User(user: User, books: Books): Json {
  const { cards, mobile, qr } = counts(user, books);
  const filled = Object.entries({
    name: user.name, email: user.email, department: user.department, user_title: user.user_title, phone: user.phone, login_id: user.login_id,
  }).filter(([, value]) => value !== '');
  return {
    user_id: user.user_id, ...Object.fromEntries(filled),
    user_group_id: { id: Number(user.group), name: books.groups.get(user.group) }, operator_level: user.level === '' ? 0 : Number(user.level),
    card_count: cards, mobile_count: mobile, qr_count: qr, face_count: 0, visual_face_count: 0, fingerprint_template_count: 0,
    start_datetime: user.start.slice(0, 19), expiry_datetime: user.expiry.slice(0, 19), disabled: user.disabled, have_pin: user.pin !== '',
    access_groups: named(user.accessGroups, books.accessGroups).map(({ id, name }) => ({ id: Number(id), name })),
    user_custom_fields: [], last_modified: user.modified, updated_count: 0,
  };
}

const WORDS = new Intl.Collator('en', { numeric: true });

/** `user_id:false` = by user id, ascending (true = descending). Numbers count as numbers. */
export function ordered(users: User[], orderBy: string): User[] {
  const [field = 'user_id', descending = 'false'] = orderBy.split(':');
  const key = (user: User): string => field === 'name' ? user.name : field === 'email' ? user.email : field === 'last_modified' ? String(user.modified) : user.user_id;
  const sorted = [...users].sort((a, b) => WORDS.compare(key(a), key(b)));
  return descending === 'true' ? sorted.reverse() : sorted;
}
