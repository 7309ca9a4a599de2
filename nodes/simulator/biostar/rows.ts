import type { BiostarServer } from './biostar-server';
import { MOBILE, type SimulatedCard } from './cards';
import { ACCESS_GROUPS, GROUPS, type SimulatedUser } from './users';
import type { Fields } from './wire';

/** A card as lists and users show it (suprema-api A4.3). */
export function cardRow(server: BiostarServer, card: SimulatedCard): Fields {
  const { uid, number, type, blocked } = card;
  const owner = server.users.ownerOf(uid);
  const isMobile = type === MOBILE;
  return {
    id: uid, card_id: number, display_card_id: number,
    status: blocked ? '2' : owner === undefined ? '0' : '1', is_blocked: blocked, is_assigned: owner !== undefined, is_lock_override: false,
    card_type: isMobile ? { id: '4', name: 'CSN Mobile', type: '4' } : { id: '0', name: 'CSN', type: '1' },
    mobile_card: isMobile, issue_count: '1', card_slot: '0', card_mask: '0',
    ...(owner === undefined ? {} : { user_id: { user_id: owner.userId, name: owner.name } }),
  };
}

/** A user of `GET /api/users/{id}`: with the cards, and without the list where there are none. */
export function userDetail(server: BiostarServer, user: SimulatedUser): Fields {
  const cards = cardsOf(server, user);
  return { ...userRow(server, user), ...(cards.length === 0 ? {} : { cards: cards.map((card) => cardRow(server, card)) }) };
}

/** A row of the v1 list; v2 leaves empty fields out and writes times without a zone (E4). */
export function userRow(server: BiostarServer, user: SimulatedUser, isV2 = false): Fields {
  const cards = cardsOf(server, user);
  const row: Fields = {
    user_id: user.userId, name: user.name, email: user.email, phone: user.phone, department: user.department, user_title: user.title,
    user_group_id: GROUPS.find(({ id }) => id === user.group) ?? { id: user.group },
    access_groups: ACCESS_GROUPS.filter(({ id }) => user.accessGroups.includes(id)),
    start_datetime: isV2 ? user.startDatetime.slice(0, 19) : user.startDatetime, expiry_datetime: isV2 ? user.expiryDatetime.slice(0, 19) : user.expiryDatetime,
    disabled: user.disabled, card_count: cards.length, mobile_count: cards.filter(({ type }) => type === MOBILE).length,
  };
  return isV2 ? Object.fromEntries(Object.entries(row).filter(([, value]) => value !== '')) : row;
}

function cardsOf(server: BiostarServer, user: SimulatedUser): SimulatedCard[] {
  return user.cards.flatMap((uid) => server.cards.all.get(uid) ?? []);
}
