import type { BioStar } from '../biostar';
import { CSN_MOBILE } from '../cards/card-types';
import type { Code } from '../codes';
import { deleteAtPortal } from '../mobile/delete-at-portal';

/**
 * Deletes one user, their mobile card at the portal too (suprema-api C9). The Administrator stays and keeps the card.
 * @returns 0, 201, 205, or 262191 where the portal did not do its part: then the user stays
 */
export function deleteUser(biostar: BioStar, userId: string): Code {
  const { users, cards, events, portal } = biostar;
  const user = users.get(userId);
  if (user === undefined) return 201;
  if (users.isAdministrator(userId)) return 205;
  const held = cards.ofUser(userId);
  const mobile = held.find(({ type }) => type === CSN_MOBILE)?.number ?? portal.book.ofUser(userId)?.number;
  if (mobile !== undefined) {
    if (!portal.online) return 262191;
    deleteAtPortal(biostar, mobile);
  }
  for (const card of held) cards.unassign(card);
  users.delete(userId);
  events.add({ code: 9216, user, reader: 1 });
  return 0;
}
