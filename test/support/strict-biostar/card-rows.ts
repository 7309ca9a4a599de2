/** How a card looks in the answers (suprema-api A4.1, A4.3). */
import { MOBILE, type Books, type Card } from './books';
import { stamp, type Json } from './wire';

/** Id of a card type: its name, its `type` and the word of the `card_type` filter. */
export const TYPES: Record<number, { name: string; type: string; mode: string; filter: string }> = {
  0: { name: 'CSN', type: '1', mode: 'C', filter: 'csn' },
  1: { name: 'CSN Wiegand', type: '10', mode: 'C', filter: 'wiegand' },
  2: { name: 'Secure Credential', type: '2', mode: 'S', filter: 'sc' },
  3: { name: 'Access on Card', type: '3', mode: 'A', filter: 'aoc' },
  4: { name: 'CSN Mobile', type: '4', mode: 'M', filter: 'mobile' },
  5: { name: 'Wiegand Mobile', type: '5', mode: 'M', filter: 'mobile' },
  6: { name: 'QR/Barcode', type: '6', mode: 'Q', filter: 'qr' },
  7: { name: 'BioStar QR', type: '7', mode: 'Q', filter: 'qr' },
  8: { name: 'Custom smart card', type: '13', mode: 'U', filter: 'custom_smart_card' },
};

/** 0 unassigned, 1 assigned, 2 blacklisted. */
const statusOf = (card: Card): number => card.blocked ? 2 : card.owner === null ? 0 : 1;

/** A row of the card lists. `registered` is there once the phone has the card, as the vendor's table has it. */
export function cardRow(card: Card, books: Books): Json {
  const type = TYPES[card.type] ?? { name: 'CSN', type: '1' };
  const onPhone = card.type === MOBILE && books.portal.cards.get(card.number)?.status === 'ACTIVE';
  return {
    id: card.id, card_id: card.number, display_card_id: card.display, status: statusOf(card), is_blocked: card.blocked,
    is_assigned: card.owner !== null, is_lock_override: false,
    card_type: { id: card.type, name: type.name, type: Number(type.type) }, mobile_card: card.type === MOBILE,
    ...(onPhone ? { registered: { udid: `phone-${card.id}`, date: stamp(Date.UTC(2026, 0, 1)) } } : {}),
    issue_count: card.issueCount, card_slot: 0, card_mask: 0,
    wiegand_format_id: { id: 0, name: '26 bit SIA Standard-H10301' },
    ...(card.owner === null ? {} : { user_id: { user_id: card.owner, name: books.users.get(card.owner)?.name ?? '' } }),
  };
}
