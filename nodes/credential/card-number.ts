import type { RandomPort } from './random-port';

/** 16 digits and still exact in every JavaScript and database along the way: below 2^53. */
const SMALLEST_DRAWN = 1_000_000_000_000_000;
const LARGEST_DRAWN = 9_007_199_254_740_991;
const LOW_PART = 1_000_000_000;

/** True for a card number of the contract: text of 1 to 32 decimal digits without a leading zero. Never a number. */
export function isCardNumber(value: unknown): value is string {
  return typeof value === 'string' && /^[1-9][0-9]{0,31}$/.test(value);
}

/** A random card number of 16 digits below 2^53 that `isKnown` does not know, each equally likely. */
export function drawCardNumber(random: RandomPort, isKnown: (cardId: string) => boolean): string {
  const span = LARGEST_DRAWN - SMALLEST_DRAWN + 1;
  for (;;) {
    // Two draws, because common sources give less than 53 bits at a time; what lies past the span is drawn again.
    const offset = random.below(Math.ceil(span / LOW_PART)) * LOW_PART + random.below(LOW_PART);
    if (offset >= span) continue;
    const cardId = String(SMALLEST_DRAWN + offset);
    if (!isKnown(cardId)) return cardId;
  }
}
