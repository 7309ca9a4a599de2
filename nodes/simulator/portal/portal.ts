import { randomBytes } from 'node:crypto';
import { type Clock, isoTime } from '../../credential/clock';
import type { Activity } from '../activity';
import { Account } from './account';
import { CardBook } from './card-book';
import { devicesFor, type PortalDevice } from './devices';
import { Mailbox } from './mailbox';
import type { CardRequest, PortalCard } from './portal-card';
import { PortalError } from './portal-error';
import { Tokens } from './tokens';

export type SiteStatus = 'ACTIVATED' | 'PAYMENT_REQUIRED';
export type AccessType = 'REGULAR' | 'DYNAMIC';
export type Messaging = 'email' | 'text';

export interface SiteChange {
  status?: SiteStatus;
  accessType?: AccessType;
  messaging?: Messaging;
}

export interface PortalOptions {
  credits: number;
  doors: number;
  tokenLifeMs: number;
  clock: Clock;
  activity: Activity;
}

const TEXT_CREDITS = 10;

/** The simulated site: its account, credits, cards, readers and messages. Refusals are PortalErrors. */
export class Portal {
  readonly siteId: string = '1001';
  readonly name: string = 'Demonstration site';
  readonly account = new Account();
  readonly tokens: Tokens;
  readonly book = new CardBook();
  readonly mailbox = new Mailbox();
  /** Milliseconds since the epoch at which the site was created. */
  readonly created: number;
  /** False: the portal's sockets are cut without an answer, as when the network is down. */
  online = true;
  status: SiteStatus = 'ACTIVATED';
  accessType: AccessType = 'REGULAR';
  messaging: Messaging = 'email';
  used = 0;
  bought: number;
  textCredits = TEXT_CREDITS;
  devices: PortalDevice[];

  constructor(private readonly options: PortalOptions) {
    this.created = options.clock.now();
    this.tokens = new Tokens(options.clock, options.tokenLifeMs);
    this.bought = options.credits;
    this.devices = devicesFor(options.doors);
  }

  /** Card credits left. */
  get credits(): number {
    return this.bought - this.used;
  }

  /** A new access token. Throws 401 or 423. */
  signIn(email: string, password: string): string {
    const before = this.account.locked;
    try {
      this.account.signIn(email, password);
    } catch (error) {
      this.tell(this.account.locked && !before ? 'account-locked' : 'login-refused');
      throw error;
    }
    this.tell('login');
    return this.tokens.issue(this.account.email);
  }

  /** Spends a credit, makes the card and sends the message with the link. Throws 400, 402, 403 or 409. */
  issue(request: CardRequest): PortalCard {
    this.checkActive();
    this.checkPerson(request);
    this.checkFree(request);
    this.checkCredit();
    const card = this.newCard(request, 'INACTIVE');
    this.spend();
    this.book.add(card);
    this.sendLink(card, 'Your mobile credential');
    this.tell('issued', { ...who(card), credits: this.counter() });
    return card;
  }

  /** Takes a person in without a card of their own yet: `Issuing Reserved`. Costs nothing, sends nothing. */
  reserve(request: CardRequest): PortalCard {
    this.checkFree(request);
    const card = this.newCard(request, 'RESERVED');
    this.book.add(card);
    this.tell('reserved', who(card));
    return card;
  }

  /** Issues a reserved card. */
  issueReserved(number: string): PortalCard {
    const card = this.card(number);
    if (card.status !== 'RESERVED') throw new PortalError(400, 'The card is issued already.');
    this.checkActive();
    this.checkPerson(card);
    this.checkCredit();
    this.spend();
    this.book.change(card, { status: 'INACTIVE', linkToken: newLink() });
    this.sendLink(card, 'Your mobile credential');
    this.tell('issued', { ...who(card), credits: this.counter() });
    return card;
  }

  /** Sends the message again. */
  resend(number: string): PortalCard {
    const card = this.card(number);
    this.checkActive();
    if (card.status !== 'INACTIVE') throw new PortalError(400, `A message is sent again only before activation; this card is ${card.status}.`);
    this.checkReachable(card);
    this.checkTextCredit();
    this.sendLink(card, 'Your mobile credential, sent again');
    this.tell('resent', who(card));
    return card;
  }

  /** Spends a credit; the former number and its link are worth nothing any more. */
  reissue(number: string, newNumber: string): PortalCard {
    const card = this.card(number);
    this.checkActive();
    if (card.status === 'RESERVED') throw new PortalError(400, 'The card is not issued yet.');
    if (this.book.withNumber(newNumber) !== undefined) throw new PortalError(409, 'A card with this number is already registered.', 'u1001');
    this.checkReachable(card);
    this.checkCredit();
    this.spend();
    this.book.change(card, { number: newNumber, status: 'INACTIVE', pausedFrom: null, linkToken: newLink() });
    this.sendLink(card, 'Your new mobile credential');
    this.tell('reissued', { ...who(card), replaces: number, credits: this.counter() });
    return card;
  }

  suspend(number: string): PortalCard {
    const card = this.card(number);
    if (card.status === 'RESERVED') throw new PortalError(400, 'The card is not issued yet.');
    if (card.status !== 'PAUSED') {
      card.pausedFrom = card.status;
      card.status = 'PAUSED';
      this.tell('suspended', who(card));
    }
    return card;
  }

  resume(number: string): PortalCard {
    const card = this.card(number);
    this.checkActive();
    if (card.status === 'PAUSED') {
      card.status = card.pausedFrom ?? 'ACTIVE';
      card.pausedFrom = null;
      this.tell('resumed', who(card));
    }
    return card;
  }

  /** Removes the card. No text of the vendor says that a credit comes back, so none does. */
  delete(number: string): PortalCard {
    const card = this.card(number);
    this.book.remove(card);
    this.tell('deleted', who(card));
    return card;
  }

  /** What the person does on the phone: opens the link and is verified. Throws 404 or 410 for a dead link. */
  openLink(linkToken: string): PortalCard {
    const card = this.book.withLink(linkToken);
    if (card === undefined) {
      const known = this.mailbox.messages.some((message) => message.linkToken === linkToken);
      throw known
        ? new PortalError(410, 'This link is no longer valid: the card was issued again or deleted.')
        : new PortalError(404, 'There is no such link.');
    }
    return this.activate(card.number);
  }

  /** Activates a card as its link does. */
  activate(number: string): PortalCard {
    const card = this.card(number);
    if (card.status === 'ACTIVE') throw new PortalError(410, 'This link was used: the card is activated.');
    if (card.status !== 'INACTIVE') throw new PortalError(409, 'This card cannot be activated now: it is paused or not issued.');
    card.status = 'ACTIVE';
    this.tell('activated', who(card));
    return card;
  }

  buyCredits(count: number): void {
    this.bought += count;
    this.tell('credits-bought', { credits: this.counter() });
  }

  setRegistered(device: string, registered: boolean): void {
    const found = this.devices.find(({ id }) => id === device);
    if (found === undefined) throw new PortalError(404, 'There is no such reader.');
    if (found.registered === registered) return;
    found.registered = registered;
    this.tell(registered ? 'reader-registered' : 'reader-unregistered', { device });
  }

  changeSite(change: SiteChange): void {
    this.status = change.status ?? this.status;
    this.accessType = change.accessType ?? this.accessType;
    this.messaging = change.messaging ?? this.messaging;
    const { status, accessType, messaging } = this;
    this.tell('site-changed', { site: { status, accessType, messaging } });
  }

  setOnline(online: boolean): void {
    if (this.online === online) return;
    this.online = online;
    this.tell(online ? 'portal-up' : 'portal-down');
  }

  unlockAccount(): void {
    this.account.unlock();
    this.tell('account-unlocked');
  }

  /** As if an hour had gone by: every session has to sign in again. */
  expireTokens(): void {
    this.tokens.expireAll();
    this.tell('tokens-expired');
  }

  /** As after the start. Sessions have to sign in again. */
  reset(): void {
    this.account.unlock();
    this.tokens.expireAll();
    this.book.clear();
    this.mailbox.clear();
    Object.assign(this, { online: true, status: 'ACTIVATED', accessType: 'REGULAR', messaging: 'email' });
    this.used = 0;
    this.bought = this.options.credits;
    this.textCredits = TEXT_CREDITS;
    this.devices = devicesFor(this.options.doors);
  }

  /** Throws 404. */
  card(number: string): PortalCard {
    const card = this.book.withNumber(number);
    if (card === undefined) throw new PortalError(404, 'There is no such card.');
    return card;
  }

  private checkActive(): void {
    if (this.status !== 'ACTIVATED') throw new PortalError(403, `The site is in status ${this.status}: nothing is issued until it is paid.`);
  }

  private checkPerson(request: CardRequest): void {
    const { startDate, endDate } = request;
    this.checkReachable(request);
    if (this.accessType === 'DYNAMIC' && (startDate === null || endDate === null)) {
      throw new PortalError(400, 'card.startDate and card.endDate are required: this site is DYNAMIC.');
    }
    if (startDate !== null && endDate !== null && endDate < startDate) throw new PortalError(400, 'card.endDate is before card.startDate.');
  }

  private checkReachable({ email, phone }: CardRequest): void {
    if (this.messaging === 'email' && email === '') throw new PortalError(400, 'user.email is required: this site sends its messages by e-mail.');
    if (this.messaging === 'text' && !phone.startsWith('+')) throw new PortalError(400, 'user.phone with its country code is required: this site sends text messages.');
  }

  private checkFree({ number, userKey, email }: CardRequest): void {
    if (this.book.withNumber(number) !== undefined) throw new PortalError(409, 'A card with this number is already registered.', 'u1001');
    if (this.book.ofUser(userKey) !== undefined) throw new PortalError(409, 'This user already has a card.', 'u1001');
    // BioStar tells of this refusal of the portal, without a code (suprema-api C5).
    if (this.book.withEmail(email) !== undefined) throw new PortalError(400, 'user.email is already used by another user of this site.');
  }

  private checkCredit(): void {
    if (this.credits < 1) throw new PortalError(402, 'Not enough credit: buy credits in the portal.');
    this.checkTextCredit();
  }

  private checkTextCredit(): void {
    if (this.messaging === 'text' && this.textCredits < 1) throw new PortalError(402, 'Not enough credit for text messages.');
  }

  private spend(): void {
    this.used += 1;
  }

  private newCard(request: CardRequest, status: 'RESERVED' | 'INACTIVE'): PortalCard {
    return { ...request, status, pausedFrom: null, linkToken: status === 'RESERVED' ? '' : newLink() };
  }

  private sendLink(card: PortalCard, subject: string): void {
    if (this.messaging === 'text') this.textCredits -= 1;
    this.mailbox.send(card, this.messaging, subject, isoTime(this.options.clock.now()));
  }

  private counter(): { used: number; bought: number } {
    return { used: this.used, bought: this.bought };
  }

  private tell(...args: Parameters<Activity['tell']>): void {
    this.options.activity.tell(...args);
  }
}

function who({ number, userKey }: PortalCard): { cardId: string; userId: string } {
  return { cardId: number, userId: userKey };
}

function newLink(): string {
  return randomBytes(18).toString('base64url');
}
