/** What the server knows: users, cards, groups and the register of deleted numbers. */
import { PortalSide } from './portal-side';
import { freshSettings, type Settings } from './setting';

export interface User {
  user_id: string;
  name: string;
  email: string;
  phone: string;
  department: string;
  user_title: string;
  group: string;
  /** v1 date-times, UTC. */
  start: string;
  expiry: string;
  disabled: boolean;
  login_id: string;
  /** Operator level; '' = none. */
  level: string;
  pin: string;
  accessGroups: string[];
  modified: number;
}

export interface Card {
  /** The internal id, which assigning and blocking want. */
  id: number;
  number: string;
  display: string;
  /** Id of the table of card types: 0 CSN, 4 CSN Mobile... (suprema-api A4.1). */
  type: number;
  blocked: boolean;
  /** Its user, or null. */
  owner: string | null;
  issueCount: number;
}

export interface Registered { userId: string; userName: string }

export const MOBILE = 4;

export class Books {
  readonly settings: Settings = freshSettings();
  readonly portal = new PortalSide();
  readonly users = new Map<string, User>();
  readonly cards = new Map<number, Card>();
  /** Deleted numbers by the internal id of their card (suprema-api A6.3). */
  readonly register = new Map<number, Registered>();
  readonly groups = new Map<string, string>([['1', 'All Users']]);
  readonly accessGroups = new Map<string, string>([['1', 'Main gate'], ['3', 'Plant North']]);
  private readonly numbers = new Map<string, Card>();
  private readonly owned = new Map<string, Set<Card>>();
  private lastCard = 10;
  private changes = 1;

  constructor() {
    this.addUser({ user_id: '1', name: 'Administrator', login_id: 'svc-nodered', level: '1' });
  }

  /** Puts a user in without any check. */
  addUser(user: Partial<User> & { user_id: string }): User {
    const whole: User = {
      name: '', email: '', phone: '', department: '', user_title: '', group: '1', start: '2001-01-01T00:00:00.00Z',
      expiry: '2030-12-31T23:59:00.00Z', disabled: false, login_id: '', level: '', pin: '', accessGroups: [], modified: 0, ...user,
    };
    this.users.set(whole.user_id, whole);
    this.touch(whole);
    return whole;
  }

  touch(user: User): void {
    this.changes += 1;
    user.modified = this.changes;
  }

  /** Puts a card in without any check; `owner` null = unassigned. */
  addCard(number: string, type = 0, owner: string | null = null): Card {
    this.lastCard += 1;
    const card: Card = { id: this.lastCard, number, display: number, type, blocked: false, owner: null, issueCount: 1 };
    this.cards.set(card.id, card);
    this.numbers.set(number, card);
    this.give(card, owner);
    return card;
  }

  /** Changes whose card it is. */
  give(card: Card, owner: string | null): void {
    if (card.owner !== null) this.owned.get(card.owner)?.delete(card);
    card.owner = owner;
    if (owner === null) return;
    const set = this.owned.get(owner) ?? new Set<Card>();
    this.owned.set(owner, set.add(card));
  }

  dropCard(card: Card): void {
    this.give(card, null);
    this.cards.delete(card.id);
    this.numbers.delete(card.number);
    this.register.delete(card.id);
  }

  numbered(number: string): Card | undefined {
    return this.numbers.get(number);
  }

  cardsOf(userId: string): Card[] {
    return [...this.owned.get(userId) ?? []];
  }

  /**
   * Deletes a number at the portal. On a regular site it then stands in the register (suprema-api A6.3): nobody else may
   * have it until it is taken off. False: the portal still has it.
   */
  deleteAtPortal(number: string): boolean {
    const userKey = this.portal.cards.get(number)?.userKey;
    if (!this.portal.remove(number)) return false;
    const card = this.numbered(number);
    if (userKey !== undefined && card !== undefined && this.settings.mobile.site_type === 'REGULAR') {
      this.register.set(card.id, { userId: userKey, userName: this.users.get(userKey)?.name ?? '' });
    }
    return true;
  }

  /** Deletes a user and its mobile cards at the portal (suprema-api C9); its other cards become unassigned. */
  removeUser(userId: string): void {
    for (const card of this.portal.ofUser(userId)) this.deleteAtPortal(card.number);
    for (const card of this.cardsOf(userId)) this.give(card, null);
    this.owned.delete(userId);
    this.users.delete(userId);
  }
}
