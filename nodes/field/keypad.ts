/** Keys of a reader with a keypad. Pure. */

/** 10 and 11 are the star and the hash (door-hardware 4.1). */
const KEYS = '0123456789*#';

/**
 * The key that a frame of 4 or 8 bits stands for: 4 bits are its number; 8 bits are the number's inverse and the number,
 * the number alone, or the key's character. Null for what is a card, or no key.
 */
export function keyOf(identifier: bigint, bitCount: number | null): string | null {
  const value = Number(BigInt.asUintN(8, identifier));
  if (bitCount === 4) return KEYS[value & 0x0f] ?? null;
  if (bitCount !== 8) return null;
  const number = value & 0x0f;
  if (value >> 4 === (~number & 0x0f) || value < KEYS.length) return KEYS[number] ?? null;
  const character = String.fromCharCode(value);
  return KEYS.includes(character) ? character : null;
}
