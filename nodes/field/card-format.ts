/** The codec between what a reader delivers and a card number. Pure; a Wiegand format is data (card-formats/). */
import type { CardFormat } from '../credential/card-format-names';
import { McError } from '../credential/mc-error';
import { bitLength, fromBytes, lowBits, toBytes } from './card-formats/bit-string';
import { wiegandLayout, type BitRange, type WiegandLayout } from './card-formats/wiegand-layout';

export type ByteOrder = 'msb' | 'lsb';

/** The fields of a read that come from its identifier. */
export interface DecodedCard {
  /** 1 to 32 decimal digits without leading zero; null where the identifier gives no usable number. */
  cardId: string | null;
  format: CardFormat;
  /** Bits as the reader counted them, null where it does not count. */
  bits: number | null;
  facilityCode: string | null;
  cardNumber: string | null;
  /** Null where the format has no parity, or too few bits came to check it. */
  parityOk: boolean | null;
}

export interface EncodedCard {
  bits: number;
  value: bigint;
  /** `value` in whole bytes, right-aligned, most significant first. */
  bytes: Uint8Array;
}

/**
 * Decodes an identifier.
 * @param identifier right-aligned, most significant byte first, or the same as an unsigned number
 * @param bitCount bits the reader counted; null where it has a fixed register and does not count
 * @param byteOrder `lsb` reverses the bytes taken: for `csn-N` the last N bits, for `ascii` and `decimal` all of
 *   them (without leading zero bytes where the reader does not count), for a Wiegand format its data bits, since
 *   Suprema's "Smart Card Output Byte Order" turns the card's bytes and computes parity afterwards
 *   (KB 24000076684). CONFIG_INVALID for a format whose data bits are no whole bytes.
 */
export function decodeCard(
  identifier: Uint8Array | bigint, bitCount: number | null, format: CardFormat, byteOrder: ByteOrder = 'msb',
): DecodedCard {
  const whole = typeof identifier === 'bigint' ? identifier : fromBytes(identifier);
  const value = bitCount === null ? whole : lowBits(whole, bitCount);
  const layout = wiegandLayout(format);
  if (layout) return decodeWiegand(value, bitCount, format, layout, byteOrder);

  const byteCount = format.startsWith('csn-')
    ? Number(format.slice(4)) / 8
    : Math.ceil((bitCount ?? bitLength(value)) / 8);
  const taken = toBytes(value, byteCount);
  if (byteOrder === 'lsb') taken.reverse();
  const cardId = format === 'ascii' ? asciiNumber(taken) : cardNumberText(fromBytes(taken));
  return { cardId, format, bits: bitCount, facilityCode: null, cardNumber: cardId, parityOk: null };
}

/** Throws CONFIG_INVALID for a format that has no bytes to turn. */
export function checkByteOrder(format: CardFormat, byteOrder: ByteOrder): void {
  const layout = wiegandLayout(format);
  if (byteOrder === 'lsb' && layout && dataBits(layout) % 8 !== 0) {
    throw new McError('CONFIG_INVALID',
      `The ${dataBits(layout)} data bits of ${format} are no whole bytes, so they have no byte order: set byteOrder to msb.`);
  }
}

/**
 * Encodes a card for tests and the simulator; the inverse of decodeCard.
 * @param card card number, or facility code and number for a format that has both
 * @returns the whole frame with parity; CARD_ID_INVALID where the format cannot carry it
 */
export function encodeCard(
  format: CardFormat, card: string | { facilityCode: string | null; cardNumber: string }, byteOrder: ByteOrder = 'msb',
): EncodedCard {
  checkByteOrder(format, byteOrder);
  const layout = wiegandLayout(format);
  if (layout) return encodeWiegand(format, layout, dataOf(format, layout, card), byteOrder);

  const cardId = digits(format, typeof card === 'string' ? card : card.cardNumber);
  if (format === 'ascii') return framed(Uint8Array.from(cardId, (digit) => digit.charCodeAt(0)), byteOrder);
  const value = BigInt(cardId);
  if (!format.startsWith('csn-')) return framed(toBytes(value, Math.max(8, Math.ceil(bitLength(value) / 8))), byteOrder);
  const bits = Number(format.slice(4));
  if (bitLength(value) > bits) throw tooLong(format);
  return framed(toBytes(value, bits / 8), byteOrder);
}

function decodeWiegand(
  value: bigint, bitCount: number | null, format: CardFormat, layout: WiegandLayout, byteOrder: ByteOrder,
): DecodedCard {
  checkByteOrder(format, byteOrder);
  if (bitCount !== null && bitCount < layout.length) {
    return { cardId: null, format, bits: bitCount, facilityCode: null, cardNumber: null, parityOk: null };
  }
  const frame = lowBits(value, layout.length);
  const data = turned(field(frame, layout, dataRange(layout)), layout, byteOrder);
  const numberBits = width(layout.number);
  return {
    cardId: cardNumberText(data),
    format,
    bits: bitCount,
    facilityCode: layout.facility ? (data >> BigInt(numberBits)).toString() : null,
    cardNumber: lowBits(data, numberBits).toString(),
    parityOk: layout.parity.every(({ at, kind, over }) => bitAt(frame, layout, at) === parityOver(frame, layout, over, kind)),
  };
}

function encodeWiegand(format: CardFormat, layout: WiegandLayout, data: bigint, byteOrder: ByteOrder): EncodedCard {
  if (bitLength(data) > dataBits(layout)) throw tooLong(format);
  const shift = BigInt(layout.length - 1 - layout.number[1]);
  let frame = turned(data, layout, byteOrder) << shift;
  for (const { at, kind, over } of layout.parity) {
    frame |= parityOver(frame, layout, over, kind) << BigInt(layout.length - 1 - at);
  }
  return { bits: layout.length, value: frame, bytes: toBytes(frame, Math.ceil(layout.length / 8)) };
}

/** Facility and number as one number, as BioStar writes a card ID. */
function dataOf(
  format: CardFormat, layout: WiegandLayout, card: string | { facilityCode: string | null; cardNumber: string },
): bigint {
  if (typeof card === 'string') return BigInt(digits(format, card));
  const number = BigInt(digits(format, card.cardNumber));
  const facility = BigInt(digits(format, card.facilityCode ?? '0'));
  const facilityBits = layout.facility ? width(layout.facility) : 0;
  if (bitLength(number) > width(layout.number) || bitLength(facility) > facilityBits) throw tooLong(format);
  return (facility << BigInt(width(layout.number))) | number;
}

function turned(data: bigint, layout: WiegandLayout, byteOrder: ByteOrder): bigint {
  return byteOrder === 'msb' ? data : fromBytes(toBytes(data, dataBits(layout) / 8).reverse());
}

function framed(bytes: Uint8Array, byteOrder: ByteOrder): EncodedCard {
  const ordered = byteOrder === 'lsb' ? Uint8Array.from(bytes).reverse() : bytes;
  return { bits: ordered.length * 8, value: fromBytes(ordered), bytes: ordered };
}

function width([first, last]: BitRange): number {
  return last - first + 1;
}

function dataRange(layout: WiegandLayout): BitRange {
  return [layout.facility ? layout.facility[0] : layout.number[0], layout.number[1]];
}

function dataBits(layout: WiegandLayout): number {
  return width(dataRange(layout));
}

function field(frame: bigint, layout: WiegandLayout, range: BitRange): bigint {
  return lowBits(frame >> BigInt(layout.length - 1 - range[1]), width(range));
}

function bitAt(frame: bigint, layout: WiegandLayout, position: number): bigint {
  return (frame >> BigInt(layout.length - 1 - position)) & 1n;
}

function parityOver(frame: bigint, layout: WiegandLayout, over: readonly number[], kind: 'even' | 'odd'): bigint {
  let parity = kind === 'odd' ? 1n : 0n;
  for (const position of over) parity ^= bitAt(frame, layout, position);
  return parity;
}

/** Zero is what an empty register holds, and more than 32 digits is no card number of the contract. */
function cardNumberText(value: bigint): string | null {
  const text = value.toString();
  return value === 0n || text.length > 32 ? null : text;
}

/** ASCII digits between padding; anything else among them is a bad read. */
function asciiNumber(bytes: Uint8Array): string | null {
  const text = String.fromCharCode(...bytes).replace(/^[\0 \r\n]+|[\0 \r\n]+$/g, '');
  return /^[0-9]+$/.test(text) ? cardNumberText(BigInt(text)) : null;
}

function digits(format: CardFormat, text: string): string {
  if (!/^[0-9]{1,32}$/.test(text)) {
    throw new McError('CARD_ID_INVALID', `A card number for ${format} is 1 to 32 decimal digits.`);
  }
  return text;
}

function tooLong(format: CardFormat): McError {
  return new McError('CARD_ID_INVALID', `The card number does not fit into ${format}: choose a longer format.`);
}
