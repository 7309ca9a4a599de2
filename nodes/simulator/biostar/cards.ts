import { BiostarError } from './biostar-error';

export const MOBILE = '4';
const MOST_BLOCKED = 1000;

export interface SimulatedCard {
  /** Internal ID. */
  uid: string;
  number: string;
  /** `4` for a mobile card, `1` for a plain one. */
  type: string;
  blocked: boolean;
}

/** The card records of the simulated server, its blacklist, and the register of deleted numbers (suprema-api A4, A6.3). */
export class Cards {
  readonly all = new Map<string, SimulatedCard>();
  /** Internal IDs of deleted mobile cards, whose numbers are kept back. */
  readonly register = new Set<string>();
  private readonly byNumber = new Map<string, SimulatedCard>();
  private last = 100;

  withNumber(number: string): SimulatedCard | undefined {
    return this.byNumber.get(number);
  }

  /** Code 415, 65749 for a number that is kept back, 65651 for one that is there. */
  create(number: string, type: string): SimulatedCard {
    if (!/^[1-9]\d{0,31}$/.test(number)) throw new BiostarError(415, 400, 'Invalid card ID.');
    const known = this.withNumber(number);
    if (known !== undefined) throw this.register.has(known.uid) ? new BiostarError(65_749, 400, 'The card ID was used before.') : new BiostarError(65_651, 400, 'The card ID exists.');
    this.last += 1;
    const card = { uid: String(this.last), number, type, blocked: false };
    this.all.set(card.uid, card);
    this.byNumber.set(number, card);
    return card;
  }

  /** Code 262201 where it is blocked already, 65709 where the blacklist is full. */
  block(uid: string): void {
    const card = this.known(uid);
    if (card.blocked) throw new BiostarError(262_201, 400, 'The card is already on the blacklist.');
    if (this.blocked().length >= MOST_BLOCKED) throw new BiostarError(65_709, 400, 'The blacklist is full.');
    card.blocked = true;
  }

  /** Code 262203 without an ID, 262202 for any that is unknown, 262204 where none of them is blocked (E19). */
  unblock(uids: readonly string[]): void {
    if (uids.length === 0) throw new BiostarError(262_203, 400, 'No card.');
    if (!uids.every((uid) => /^\d+$/.test(uid))) throw new BiostarError(262_204, 400, 'None of the cards is on the blacklist.');
    const cards = uids.map((uid) => this.known(uid));
    if (!cards.some(({ blocked }) => blocked)) throw new BiostarError(262_204, 400, 'None of the cards is on the blacklist.');
    for (const card of cards) card.blocked = false;
  }

  blocked(): SimulatedCard[] {
    return [...this.all.values()].filter(({ blocked }) => blocked);
  }

  /** Its number may be given to somebody again. */
  release(uids: readonly string[]): void {
    for (const uid of uids[0] === '*' ? [...this.register] : uids) {
      if (!this.register.delete(uid)) continue;
      this.byNumber.delete(this.all.get(uid)?.number ?? '');
      this.all.delete(uid);
    }
  }

  clear(): void {
    this.all.clear();
    this.byNumber.clear();
    this.register.clear();
  }

  private known(uid: string): SimulatedCard {
    const card = this.all.get(uid);
    if (card === undefined) throw new BiostarError(262_202, 400, 'The card is not in the database.');
    return card;
  }
}
