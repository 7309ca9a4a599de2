import type { PortalCard } from './portal-card';

/** A message that a phone got. */
export interface PhoneMessage {
  id: number;
  /** ISO 8601 in UTC. */
  at: string;
  kind: 'email' | 'text';
  /** E-mail address or phone number. */
  to: string;
  name: string;
  userId: string;
  cardId: string;
  subject: string;
  /** Secret part of the activation link. */
  linkToken: string;
}

const KEPT = 200;

/** The messages that phones got, newest first, the last two hundred. */
export class Mailbox {
  private kept: PhoneMessage[] = [];
  private sent = 0;

  get messages(): readonly PhoneMessage[] {
    return this.kept;
  }

  send(card: Readonly<PortalCard>, kind: 'email' | 'text', subject: string, at: string): void {
    this.sent += 1;
    const { name, userKey, number, linkToken } = card;
    const to = kind === 'email' ? card.email : card.phone;
    this.kept = [{ id: this.sent, at, kind, to, name, userId: userKey, cardId: number, subject, linkToken }, ...this.kept.slice(0, KEPT - 1)];
  }

  clear(): void {
    this.kept = [];
  }
}
