import { BioStarError } from '../biostar-error';
import type { Card } from './card';
import { CSN_MOBILE, type CardType } from './card-types';

/** Blacklisted cards at most (suprema-api A4.5). */
const MOST_BLOCKED = 1000;

/** The server's cards: those in use or unassigned, and the register of deleted mobile cards whose numbers are not free yet. */
export class CardRegister {
  private readonly cards = new Map<number, Card>();
  private readonly byNumber = new Map<string, Card>();
  private readonly byUser = new Map<string, Set<Card>>();
  private readonly deleted = new Map<string, Card>();
  private lastId = 0;
  private blockedCount = 0;

  all(): Card[] {
    return [...this.cards.values()];
  }

  withId(id: string): Card | undefined {
    return /^\d{1,15}$/.test(id) ? this.cards.get(Number(id)) : undefined;
  }

  withNumber(number: string): Card | undefined {
    return this.byNumber.get(number);
  }

  ofUser(userId: string): readonly Card[] {
    return [...this.byUser.get(userId) ?? []];
  }

  mobileOf(userId: string): Card | undefined {
    return this.ofUser(userId).find(({ type }) => type === CSN_MOBILE);
  }

  /** Throws 415, 65651 and 65749. */
  checkFree(number: string): void {
    if (!/^[1-9]\d{0,31}$/.test(number)) throw new BioStarError(415);
    if (this.byNumber.has(number)) throw new BioStarError(65651);
    if (this.deleted.has(number)) throw new BioStarError(65749);
  }

  /** Throws 415, 65651 and 65749. */
  create(number: string, type: CardType): Card {
    this.checkFree(number);
    this.lastId += 1;
    const card: Card = { id: this.lastId, number, type, userId: null, blocked: false, quarantined: null };
    this.cards.set(card.id, card);
    this.byNumber.set(number, card);
    return card;
  }

  assign(card: Card, userId: string): void {
    this.unassign(card);
    card.userId = userId;
    const cards = this.byUser.get(userId) ?? new Set();
    this.byUser.set(userId, cards.add(card));
  }

  /** A mobile card that is deleted at the portal leaves the lists with its user. */
  unassign(card: Card): void {
    if (card.userId === null) return;
    const cards = this.byUser.get(card.userId);
    cards?.delete(card);
    if (cards?.size === 0) this.byUser.delete(card.userId);
    card.userId = null;
    if (card.quarantined !== null) this.shelve(card);
  }

  /** Takes a card record out; its number is free. */
  remove(card: Card): void {
    this.unassign(card);
    if (card.blocked) this.unblock(card);
    this.cards.delete(card.id);
    if (this.byNumber.get(card.number) === card) this.byNumber.delete(card.number);
  }

  get blocked(): number {
    return this.blockedCount;
  }

  /** Throws 262201 where it is blocked already and 65709 where the blacklist is full. */
  block(card: Card): void {
    if (card.blocked) throw new BioStarError(262201);
    if (this.blockedCount >= MOST_BLOCKED) throw new BioStarError(65709);
    card.blocked = true;
    this.blockedCount += 1;
  }

  unblock(card: Card): void {
    if (!card.blocked) return;
    card.blocked = false;
    this.blockedCount -= 1;
  }

  /** The number was deleted at the portal of a regular site: it goes on the register, with who had it. */
  quarantine(number: string, userId: string, userName: string): void {
    if (this.deleted.has(number)) return;
    const card = this.byNumber.get(number) ?? this.create(number, CSN_MOBILE);
    card.quarantined = { userId, userName };
    this.deleted.set(number, card);
    if (card.userId === null) this.shelve(card);
  }

  /** The register of deleted mobile cards. */
  quarantined(): Card[] {
    return [...this.deleted.values()];
  }

  /** Whose number this was, while it is on the register. */
  quarantineOf(number: string): Card | undefined {
    return this.deleted.get(number);
  }

  /** Takes a card off the register; unless its user still has it, its number is free. */
  release(card: Card): void {
    this.deleted.delete(card.number);
    card.quarantined = null;
  }

  clear(): void {
    for (const map of [this.cards, this.byNumber, this.byUser, this.deleted]) map.clear();
    this.lastId = 0;
    this.blockedCount = 0;
  }

  private shelve(card: Card): void {
    this.unblock(card);
    this.cards.delete(card.id);
    this.byNumber.delete(card.number);
  }
}
