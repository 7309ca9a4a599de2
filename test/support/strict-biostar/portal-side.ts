/** The portal behind the BioStar server: credits and cards. One card per user, one number once (suprema-api C2, C5). */
import type { PlainPortal } from '../plain-portal';

export interface PortalCard {
  number: string;
  userKey: string;
  status: string;
  name: string;
  email: string | undefined;
  phone: string | undefined;
}

export class PortalSide {
  credits = 10;
  spent = 0;
  cards = new Map<string, PortalCard>();
  /** EMAIL: the user needs an address; SMS: a phone with its country code (suprema-api C6). */
  messaging: 'EMAIL' | 'SMS' = 'EMAIL';
  /** The portal refuses everything with this code: 2000, 2001, 2300, 1402, 1404, 1405, a `u` code... */
  refusal: string | null = null;
  /** An address that another user has is refused with 2007 (suprema-api C5; the code is left open by the vendor). */
  uniqueEmail = false;
  /** Numbers that the portal does not delete: they come back in `failedCards`. */
  readonly keeps = new Set<string>();
  /** What it carried out, in order. */
  readonly history: { what: 'issue' | 'delete'; number: string; userKey: string }[] = [];
  private besides: PlainPortal | null = null;

  /** From here on the cards and the credits are those of `portal`, which a test reaches by the portal's own calls. */
  standBeside(portal: PlainPortal): void {
    this.besides = portal;
    this.pull();
  }

  /** Takes over what happened at the portal itself. */
  pull(): void {
    if (this.besides === null) return;
    this.credits = this.besides.credits;
    this.cards = new Map(this.besides.cards.map((card) => [card.number, card]));
  }

  ofUser(userKey: string): PortalCard[] {
    return [...this.cards.values()].filter((card) => card.userKey === userKey);
  }

  /** Issues a card for one credit. The code of the refusal, or null. */
  issue(card: Omit<PortalCard, 'status'>): string | null {
    if (this.refusal !== null) return this.refusal;
    if (this.credits < 1) return '1403';
    if (this.cards.has(card.number)) return 'u1001';
    const sameAddress = [...this.cards.values()].some((other) => other.userKey !== card.userKey && other.email !== undefined && other.email === card.email);
    if (this.uniqueEmail && sameAddress) return '2007';
    this.credits -= 1;
    this.spent += 1;
    const kept: PortalCard = { ...card, status: 'INACTIVE' };
    this.cards.set(card.number, kept);
    this.history.push({ what: 'issue', number: card.number, userKey: card.userKey });
    if (this.besides !== null) {
      this.besides.credits = this.credits;
      this.besides.cards.push(kept);
    }
    return null;
  }

  /** Deletes a card; no credit comes back (suprema-api C2). False: it is still there. */
  remove(number: string): boolean {
    const card = this.cards.get(number);
    if (card === undefined) return true;
    if (this.refusal !== null || this.keeps.has(number)) return false;
    this.cards.delete(number);
    this.history.push({ what: 'delete', number, userKey: card.userKey });
    if (this.besides !== null) this.besides.cards = this.besides.cards.filter((other) => other.number !== number);
    return true;
  }
}
