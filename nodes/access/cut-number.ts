/** Card numbers of up to 32 digits against formats that carry fewer bits. Formats keep the last bits. */

const limits = new Map<number, string>();

/** True where a number needs more than `bits` bits. */
export function isLongerThan(bits: number, cardId: string): boolean {
  let limit = limits.get(bits);
  if (limit === undefined) limits.set(bits, (limit = (1n << BigInt(bits)).toString()));
  return cardId.length === limit.length ? cardId >= limit : cardId.length > limit.length;
}

/** What a format that carries `bits` bits makes of a number. */
export function cutTo(bits: number, cardId: string): string {
  return isLongerThan(bits, cardId) ? BigInt.asUintN(bits, BigInt(cardId)).toString() : cardId;
}

/** How many bits a number needs. */
export function bitsOf(cardId: string): number {
  return BigInt(cardId).toString(2).length;
}
