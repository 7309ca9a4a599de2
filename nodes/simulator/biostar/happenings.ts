import type { SimulatorEvent, SimulatorEventName } from '../activity';
import type { Portal } from '../portal/portal';
import type { Cards } from './cards';
import type { Events } from './events';
import type { Users } from './users';

/** What of the server decides about a card at a reader, and logs it. */
export interface Logged {
  portal: Portal;
  users: Users;
  cards: Cards;
  events: Events;
}

/** What of the floor the server logs, by its code (suprema-api A9). */
const CODES: Partial<Record<SimulatorEventName, readonly number[]>> = {
  'strike-on': [20_480], 'strike-off': [20_736], 'door-opened': [20_992], 'door-closed': [21_248], 'door-forced': [21_504, 22_016], tamper: [16_384],
};

/** Turns what happens on the simulated floor into the server's events. */
export function logHappening(server: Logged, { event, door: number, device: id, cardId }: SimulatorEvent): void {
  const door = number === undefined ? {} : { door: { id: String(number), name: `Door ${number}` } };
  for (const code of CODES[event] ?? []) server.events.tell(code, door);
  if (event !== 'card-presented' || cardId === undefined) return;
  const device = id === undefined ? {} : { device: { id, name: id } };
  const card = server.cards.withNumber(cardId);
  const owner = card === undefined ? undefined : server.users.ownerOf(card.uid);
  const user = owner === undefined ? {} : { user: { userId: owner.userId, name: owner.name } };
  server.events.tell(verdict(server, cardId), { ...door, ...device, ...user });
}

function verdict(server: Logged, cardId: string): number {
  const card = server.cards.withNumber(cardId);
  if (card === undefined) return 6146;
  if (card.blocked) return 6404;
  const owner = server.users.ownerOf(card.uid);
  if (owner === undefined) return 4360;
  if (owner.disabled) return 6402;
  if (card.type !== '4') return 4102;
  return server.portal.book.withNumber(cardId)?.status === 'ACTIVE' ? 4118 : 4360;
}
