import type { BioStar } from '../biostar';

/**
 * Deletes a mobile card at the portal. On a regular site its number goes on the register (suprema-api A6.3).
 * @returns the user it belonged to; null where the portal has no such card
 */
export function deleteAtPortal({ portal, cards, users }: BioStar, number: string): string | null {
  const found = portal.book.withNumber(number);
  if (found === undefined) return null;
  portal.delete(number);
  if (portal.accessType === 'REGULAR') cards.quarantine(number, found.userKey, users.get(found.userKey)?.name ?? found.name);
  return found.userKey;
}
