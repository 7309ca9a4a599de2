import type { PortalCard } from './portal-card';

/** The portal's cards: one a user, found by number, user, e-mail or link, and listed in the order of their coming. */
export class CardBook {
  private readonly byNumber = new Map<string, PortalCard>();
  private readonly byUser = new Map<string, PortalCard>();
  private readonly byEmail = new Map<string, PortalCard>();
  private readonly byLink = new Map<string, PortalCard>();
  /** Made again after a change, so that a list of many pages is not built for each of them. */
  private listed: readonly PortalCard[] | null = null;

  get size(): number {
    return this.byNumber.size;
  }

  all(): readonly PortalCard[] {
    this.listed ??= [...this.byNumber.values()];
    return this.listed;
  }

  withNumber(number: string): PortalCard | undefined {
    return this.byNumber.get(number);
  }

  ofUser(userKey: string): PortalCard | undefined {
    return this.byUser.get(userKey);
  }

  withEmail(email: string): PortalCard | undefined {
    return email === '' ? undefined : this.byEmail.get(email.toLowerCase());
  }

  withLink(token: string): PortalCard | undefined {
    return token === '' ? undefined : this.byLink.get(token);
  }

  add(card: PortalCard): void {
    this.byNumber.set(card.number, card);
    this.byUser.set(card.userKey, card);
    if (card.email !== '') this.byEmail.set(card.email.toLowerCase(), card);
    if (card.linkToken !== '') this.byLink.set(card.linkToken, card);
    this.listed = null;
  }

  remove(card: PortalCard): void {
    this.byNumber.delete(card.number);
    this.byUser.delete(card.userKey);
    this.byEmail.delete(card.email.toLowerCase());
    this.byLink.delete(card.linkToken);
    this.listed = null;
  }

  /** Changes what a card is found by. It keeps its place in the list only where its number stays. */
  change(card: PortalCard, changes: Partial<PortalCard>): void {
    this.remove(card);
    Object.assign(card, changes);
    this.add(card);
  }

  clear(): void {
    for (const map of [this.byNumber, this.byUser, this.byEmail, this.byLink]) map.clear();
    this.listed = null;
  }
}
