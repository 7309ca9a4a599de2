/** A reader on the wall: the card that was presented last, and how many were. */
export class CardReader {
  /** 16 bits, 0 after power-up, one more with each card. */
  sequence = 0;
  bits = 0;
  identifier = 0n;

  /**
   * @param reader counts from 1
   * @param device ID under which it is registered for the site
   * @param door the door beside it, null for the spare one
   */
  constructor(readonly reader: number, readonly device: string, readonly door: number | null) {}

  /** @param cardId decimal digits */
  present(cardId: string): void {
    this.identifier = BigInt(cardId);
    this.bits = Math.max(64, Math.ceil(this.identifier.toString(2).length / 8) * 8);
    this.sequence = (this.sequence + 1) & 0xffff;
  }

  powerUp(): void {
    this.sequence = 0;
    this.bits = 0;
    this.identifier = 0n;
  }
}

/** A number in registers: right-aligned, high word first. */
export function toWords(value: bigint, count: number): number[] {
  return Array.from({ length: count }, (_, index) => Number((value >> BigInt(16 * (count - 1 - index))) & 0xffffn));
}
