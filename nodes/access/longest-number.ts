import type { StorePort, StoreWrite } from '../credential/store-port';
import { bitsOf } from './cut-number';

type Cards = Pick<StorePort, 'all' | 'onWrite'>;

/** The longest number of each store that was asked about, kept up with its writes as long as the store lives. */
const known = new WeakMap<Cards, LongestNumber>();

/**
 * Bits that the longest card number in a store needs, of credentials and of blacklist entries; 0 when there is none.
 * Cheap enough to be asked all the time.
 */
export function longestNumberBits(store: Cards): number {
  let longest = known.get(store);
  if (longest === undefined) known.set(store, (longest = new LongestNumber(store)));
  return longest.bits();
}

class LongestNumber {
  private longest = '';
  private outdated = true;

  constructor(private readonly store: Cards) {
    store.onWrite((batch) => { for (const write of batch) this.follow(write); });
  }

  bits(): number {
    if (this.outdated) this.lookThrough();
    return this.longest === '' ? 0 : bitsOf(this.longest);
  }

  private follow(write: StoreWrite): void {
    if (write.collection !== 'credentials' && write.collection !== 'blacklist') return;
    if ('put' in write) this.consider(write.put.cardId);
    // IDs end with the card number. Only when the longest goes does it take a look at all.
    else if (this.longest !== '' && write.remove.endsWith(this.longest)) this.outdated = true;
  }

  private lookThrough(): void {
    this.longest = '';
    for (const { cardId } of this.store.all('credentials')) this.consider(cardId);
    for (const { cardId } of this.store.all('blacklist')) this.consider(cardId);
    this.outdated = false;
  }

  private consider(cardId: string | null): void {
    if (cardId === null || cardId.length < this.longest.length) return;
    if (cardId.length > this.longest.length || cardId > this.longest) this.longest = cardId;
  }
}
