/** What a BioStar server of ours for tests knows: written from the vendor's description alone, nothing of `nodes/` is used. */
export type Json = Record<string, unknown>;

export interface PlainUser {
  user_id: string;
  name: string;
  email: string;
  phone: string;
  department: string;
  user_title: string;
  group: string;
  accessGroups: string[];
  start_datetime: string;
  expiry_datetime: string;
  disabled: boolean;
  /** Internal IDs of cards. */
  cards: string[];
}

export interface PlainCard {
  id: string;
  card_id: string;
  type: string;
  blocked: boolean;
  deleted: boolean;
}

export interface PortalCard {
  number: string;
  userKey: string;
  status: 'INACTIVE' | 'ACTIVE';
}

export interface PlainEvent { id: string; row: Json }

/** The books of the server, and of the portal behind it. */
export class Books {
  readonly users = new Map<string, PlainUser>();
  readonly cards = new Map<string, PlainCard>();
  /** Internal IDs whose numbers are kept back. */
  readonly register = new Set<string>();
  readonly portal = { credits: 10, spent: 0, cards: new Map<string, PortalCard>(), configured: true };
  readonly events: PlainEvent[] = [];
  readonly doors = [{ id: '1', name: 'Main door' }, { id: '2', name: 'Back door' }];
  private lastCard = 100;
  private lastEvent = 1000;

  constructor() {
    this.users.set('1', user('1', 'Administrator'));
  }

  addUser(id: string, name = `User ${id}`, email = `${id}@plant.example`): PlainUser {
    const made = { ...user(id, name), email };
    this.users.set(id, made);
    return made;
  }

  addCard(number: string, type = '4'): PlainCard {
    const card = { id: String(++this.lastCard), card_id: number, type, blocked: false, deleted: false };
    this.cards.set(card.id, card);
    return card;
  }

  withNumber(number: string): PlainCard | undefined {
    return [...this.cards.values()].find(({ card_id }) => card_id === number);
  }

  ownerOf(cardUid: string): PlainUser | undefined {
    return [...this.users.values()].find(({ cards }) => cards.includes(cardUid));
  }

  addEvent(code: number, more: Json = {}): PlainEvent {
    const id = String(++this.lastEvent);
    const row = { id, datetime: `${new Date().toISOString().slice(0, 19)}.00Z`, server_datetime: `${new Date().toISOString().slice(0, 19)}.00Z`, index: id, event_type_id: { code: String(code) }, ...more };
    const event = { id, row };
    this.events.push(event);
    return event;
  }

  /** Numbers at the portal that no user of the server has. */
  orphans(): string[] {
    return [...this.portal.cards.keys()].filter((number) => {
      const card = this.withNumber(number);
      return card === undefined || this.ownerOf(card.id) === undefined;
    });
  }

  cardsOf(userId: string): string[] {
    return (this.users.get(userId)?.cards ?? []).map((uid) => this.cards.get(uid)?.card_id ?? '?');
  }
}

function user(user_id: string, name: string): PlainUser {
  return {
    user_id, name, email: '', phone: '', department: '', user_title: '', group: '1', accessGroups: [],
    start_datetime: '2001-01-01T00:00:00.00Z', expiry_datetime: '2030-12-31T23:59:00.00Z', disabled: false, cards: [],
  };
}
