import type { EventFacts, SimulatorEvent } from '../../activity';
import type { BioStar } from '../biostar';
import type { Card } from '../cards/card';
import { CSN_MOBILE } from '../cards/card-types';
import type { User } from '../users/user';
import type { EventCode } from './event-codes';

/** Makes the server's events of what happens on the floor. A reader that is not connected tells nothing. */
export function floorEvent(biostar: BioStar, { event, ...facts }: SimulatorEvent): void {
  const { events, doors } = biostar;
  const { door } = facts;
  if (event === 'card-presented') {
    cardPresented(biostar, facts);
    return;
  }
  if (door === undefined || !doors.isConnected(door)) return;
  switch (event) {
    case 'door-opened':
      doors.opened(door, false);
      break;
    case 'door-forced':
      doors.opened(door, true);
      break;
    case 'door-closed':
      doors.closed(door);
      break;
    case 'tamper':
      events.add({ code: 16384, reader: door, door });
      break;
    case 'tamper-cleared':
      events.add({ code: 16640, reader: door, door });
      break;
    default:
  }
}

function cardPresented(biostar: BioStar, { reader, door, cardId }: EventFacts): void {
  if (reader === undefined || cardId === undefined || !biostar.doors.isConnected(reader)) return;
  const card = biostar.cards.withNumber(cardId);
  const user = card?.userId == null ? undefined : biostar.users.get(card.userId);
  biostar.events.add({ code: verdict(biostar, cardId, card, user, reader), reader, hint: cardId, ...(door === undefined ? {} : { door }), ...(user === undefined ? {} : { user }) });
}

/** What the reader says. A phone works once its card is activated, and at readers that are registered for the site (suprema-api C1). */
function verdict({ portal, clock, floor }: BioStar, cardId: string, card: Card | undefined, user: User | undefined, reader: number): EventCode {
  const atPortal = portal.book.withNumber(cardId);
  if (card === undefined) return atPortal === undefined ? 6146 : 4360;
  const mobile = card.type === CSN_MOBILE;
  if (card.blocked) return 6404;
  if (user === undefined) return mobile ? 4360 : 4354;
  if (user.disabled) return 6402;
  if (clock.now() < user.start || clock.now() > user.expiry) return 6403;
  if (!mobile) return 4102;
  const device = floor.readers[reader - 1]?.device;
  const registered = portal.devices.some(({ id, registered: is }) => id === device && is);
  return registered && atPortal?.status === 'ACTIVE' ? 4118 : 4360;
}
