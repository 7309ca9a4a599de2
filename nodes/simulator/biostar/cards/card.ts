import type { CardType } from './card-types';

/** A card record of the server. */
export interface Card {
  /** Internal id, which every call but the look-up wants. */
  readonly id: number;
  readonly number: string;
  readonly type: CardType;
  userId: string | null;
  blocked: boolean;
  /** Set by deletion at the portal on a regular site: the number may not go to somebody else (suprema-api A6.3). */
  quarantined: { userId: string; userName: string } | null;
}

/** Row of a `CardCollection` and of a user's `cards` (suprema-api A4.3); real values. */
export function cardRow(card: Readonly<Card>, userName: string | null): Record<string, unknown> {
  const { id, name, type } = card.type;
  const mobile = id === 4;
  return {
    id: card.id, card_id: card.number, display_card_id: card.number,
    status: card.blocked ? 2 : card.userId === null ? 0 : 1,
    is_blocked: card.blocked, is_assigned: card.userId !== null, is_lock_override: false,
    card_type: { id, name, type }, mobile_card: mobile, issue_count: 1, card_slot: 0, card_mask: 0,
    wiegand_format_id: { id: 0, name: '26 bit SIA Standard-H10301' },
    ...(card.userId === null ? {} : { user_id: { user_id: card.userId, name: userName ?? '' } }),
  };
}
