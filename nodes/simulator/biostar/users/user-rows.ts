import type { BioStar } from '../biostar';
import { cardRow } from '../cards/card';
import { CSN_MOBILE } from '../cards/card-types';
import { v1Time, v2Time } from '../times';
import type { User } from './user';

/** A row of v1 lists, without `cards`; real values. */
export function userRow({ cards, clock }: BioStar, user: User): Record<string, unknown> {
  const held = cards.ofUser(user.userId);
  const mobile = held.filter(({ type }) => type === CSN_MOBILE).length;
  return {
    user_id: user.userId, name: user.name, email: user.email, department: user.department, user_title: user.title, phone: user.phone,
    user_group_id: user.group, operator_level: user.permission === '' ? 0 : Number(user.permission), disabled: user.disabled,
    start_datetime: v1Time(user.start), expiry_datetime: v1Time(user.expiry), expired: clock.now() > user.expiry,
    login_id: user.loginId, have_pin: user.havePin, card_count: held.length - mobile, mobile_count: mobile, qr_count: 0, face_count: 0,
    visual_face_count: 0, fingerprint_template_count: 0, photo_exists: false,
    access_groups: user.accessGroups, last_modified: user.modified, updated_count: user.updates,
    ...(user.permission === '' ? {} : { permission: { id: user.permission, name: 'Administrator' } }),
  };
}

/** A row of v2 searches: dates without zone and fraction, empty fields left out (suprema-api E4). */
export function userRowV2(biostar: BioStar, user: User): Record<string, unknown> {
  const row = {
    ...userRow(biostar, user), user_custom_fields: [],
    start_datetime: v2Time(user.start), expiry_datetime: v2Time(user.expiry),
  };
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== '' && !(Array.isArray(value) && value.length === 0)));
}

/** The answer of `GET /api/users/{id}`: with `cards`. What an empty list looks like is left open by the vendor (suprema-api E). */
export function wholeUser(biostar: BioStar, user: User): Record<string, unknown> {
  const cards = biostar.cards.ofUser(user.userId).map((card) => cardRow(card, user.name));
  const none = { text: { cards: '' }, list: { cards: [] }, absent: {} }[biostar.settings.quirks.emptyCards];
  return { ...userRow(biostar, user), ...(cards.length === 0 ? none : { cards }) };
}
