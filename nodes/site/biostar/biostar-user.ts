import { isObject, type JsonObject } from '../json-answer';
import { countOf, idOf, isTrue, listOf, nameOf, textOf, timeOf } from './envelope';

/** A card as a user's record shows it. */
export interface UserCard {
  /** BioStar's internal ID, which assigning and blocking want. */
  uid: string;
  cardId: string | null;
  isMobile: boolean;
}

/** A user of BioStar, its scalars read. Times are ISO in UTC, null where the server says nothing. */
export interface BiostarUser {
  userId: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  department: string | null;
  title: string | null;
  group: { id: string; name: string | null } | null;
  accessGroups: { id: string; name: string | null }[];
  validFrom: string | null;
  validTo: string | null;
  disabled: boolean;
  /** Mobile credentials, or null where the server does not tell. */
  mobileCount: number | null;
  /** Only where one user was asked for; null in lists. */
  cards: UserCard[] | null;
}

/** CSN Mobile (suprema-api A4.1). */
export const MOBILE_TYPE = '4';

/** True for a row or element that is a mobile credential. */
export function isMobileCard(card: JsonObject): boolean {
  const type = card['card_type'];
  return isTrue(card['mobile_card']) || (isObject(type) && (textOf(type['type']) === MOBILE_TYPE || textOf(type['id']) === MOBILE_TYPE));
}

/** A `User` of BioStar; null where it has no ID. */
export function biostarUser(user: JsonObject, withCards: boolean): BiostarUser | null {
  const userId = textOf(user['user_id']);
  if (userId === null) return null;
  const group = user['user_group_id'];
  const groupId = idOf(group);
  return {
    userId, name: textOf(user['name']), email: textOf(user['email']), phone: textOf(user['phone']),
    department: textOf(user['department']), title: textOf(user['user_title']) ?? textOf(user['title']),
    group: groupId === null ? null : { id: groupId, name: nameOf(group) },
    accessGroups: listOf(user['access_groups']).flatMap((one) => {
      const id = idOf(one);
      return id === null ? [] : [{ id, name: nameOf(one) }];
    }),
    validFrom: timeOf(user['start_datetime']), validTo: timeOf(user['expiry_datetime']),
    disabled: isTrue(user['disabled']),
    mobileCount: countOf(user['mobile_count']),
    cards: withCards ? listOf(user['cards']).flatMap(userCard) : null,
  };
}

function userCard(card: JsonObject): UserCard[] {
  const uid = textOf(card['id']);
  return uid === null ? [] : [{ uid, cardId: textOf(card['card_id']), isMobile: isMobileCard(card) }];
}
