/** Numbers as bits and bytes. BigInt throughout: a card number never becomes a JavaScript number. */

/** The lowest `count` bits. */
export function lowBits(value: bigint, count: number): bigint {
  return BigInt.asUintN(count, value);
}

/** Bytes, most significant first, as one unsigned number. */
export function fromBytes(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

/** The lowest `count` bytes of a number, most significant first. */
export function toBytes(value: bigint, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let index = count - 1, rest = value; index >= 0; index--, rest >>= 8n) bytes[index] = Number(rest & 0xffn);
  return bytes;
}

/** How many bits a number needs; 0 for zero. */
export function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}
