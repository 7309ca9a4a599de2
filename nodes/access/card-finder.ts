import { CARRIED_BITS, type CardFormat } from '../credential/card-format-names';
import type { StorePort, StoreWrite } from '../credential/store-port';
import { cutTo, isLongerThan } from './cut-number';

/** The store as far as cards are looked up in it. */
type Cards = Pick<StorePort, 'get' | 'all' | 'credentialsWith' | 'onWrite'>;

/**
 * Which card numbers a read may stand for: of credentials, deleted ones too, and of blacklist entries that stand
 * alone. A number that a format carries whole is looked up as it is. For numbers that arrive cut there is one index
 * for each width, built at the first read of that width and then kept up with every write.
 */
export class CardFinder {
  /** By width: what long numbers are cut to → those numbers. */
  private readonly cutByBits = new Map<number, Map<string, string[]>>();
  private listening = false;

  constructor(private readonly store: Cards) {}

  /** Follows the store's writes until the returned function is called. Before and after, each cut read looks through all cards. */
  start(): () => void {
    const unlisten = this.store.onWrite((batch) => { this.follow(batch); });
    this.listening = true;
    return () => {
      unlisten();
      this.listening = false;
      this.cutByBits.clear();
    };
  }

  /** Every known card number that a reader with this format would give as `cardId`. */
  candidates(cardId: string, format: CardFormat | null): string[] {
    const bits = format === null ? null : CARRIED_BITS[format];
    if (bits === null) return this.isKnown(cardId) ? [cardId] : [];
    // More bits than the format carries: no such reader has read it.
    if (isLongerThan(bits, cardId)) return [];
    const cut = this.cutIndex(bits).get(cardId) ?? [];
    return this.isKnown(cardId) ? [cardId, ...cut] : [...cut];
  }

  private isKnown(cardId: string): boolean {
    return this.store.credentialsWith(cardId).length > 0 || this.store.get('blacklist', `card:${cardId}`) !== undefined;
  }

  private cutIndex(bits: number): Map<string, string[]> {
    const known = this.cutByBits.get(bits);
    if (known !== undefined) return known;
    const index = new Map<string, string[]>();
    for (const { cardId } of this.store.all('credentials')) add(index, bits, cardId);
    for (const { cardId } of this.store.all('blacklist')) if (cardId !== null) add(index, bits, cardId);
    if (this.listening) this.cutByBits.set(bits, index);
    return index;
  }

  private follow(batch: readonly StoreWrite[]): void {
    if (this.cutByBits.size === 0) return;
    for (const write of batch) {
      const cardId = cardOf(write);
      if (cardId === null) continue;
      const known = this.isKnown(cardId);
      for (const [bits, index] of this.cutByBits) {
        if (known) add(index, bits, cardId);
        else drop(index, bits, cardId);
      }
    }
  }
}

/** The card number that a write is about, from the document or from its ID. */
function cardOf(write: StoreWrite): string | null {
  if (write.collection === 'credentials') {
    return 'put' in write ? write.put.cardId : write.remove.slice(write.remove.lastIndexOf('/') + 1);
  }
  if (write.collection !== 'blacklist') return null;
  if ('put' in write) return write.put.cardId;
  return write.remove.startsWith('card:') ? write.remove.slice('card:'.length) : null;
}

function add(index: Map<string, string[]>, bits: number, cardId: string): void {
  if (!isLongerThan(bits, cardId)) return;
  const cut = cutTo(bits, cardId);
  const others = index.get(cut);
  if (others === undefined) index.set(cut, [cardId]);
  else if (!others.includes(cardId)) others.push(cardId);
}

function drop(index: Map<string, string[]>, bits: number, cardId: string): void {
  if (!isLongerThan(bits, cardId)) return;
  const cut = cutTo(bits, cardId);
  const left = index.get(cut)?.filter((other) => other !== cardId) ?? [];
  if (left.length === 0) index.delete(cut);
  else index.set(cut, left);
}
