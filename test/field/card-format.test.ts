import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CARD_FORMATS, CARRIED_BITS, type CardFormat } from '../../nodes/credential/card-format-names';
import { McError } from '../../nodes/credential/mc-error';
import { checkByteOrder, decodeCard, encodeCard } from '../../nodes/field/card-format';

const WIEGAND = ['h10301', 'h10306', 'h10302', 'h10304', 'c1000-35', 'c1000-48'] as const;

/**
 * The formats once more, on strings and written as templates: F facility, N number, and for each parity bit a line
 * with its kind and a ruler. Shares nothing with the codec.
 */
const TEMPLATES: Record<(typeof WIEGAND)[number], { frame: string; parity: [number, 'even' | 'odd', string][] }> = {
  h10301: {
    frame: 'P' + 'F'.repeat(8) + 'N'.repeat(16) + 'P',
    parity: [[0, 'even', '.' + 'x'.repeat(12)], [25, 'odd', '.'.repeat(13) + 'x'.repeat(12)]],
  },
  h10306: {
    frame: 'P' + 'F'.repeat(16) + 'N'.repeat(16) + 'P',
    parity: [[0, 'even', '.' + 'x'.repeat(16)], [33, 'odd', '.'.repeat(17) + 'x'.repeat(16)]],
  },
  h10302: {
    frame: 'P' + 'N'.repeat(35) + 'P',
    parity: [[0, 'even', '.' + 'x'.repeat(18)], [36, 'odd', '.'.repeat(18) + 'x'.repeat(18)]],
  },
  h10304: {
    frame: 'P' + 'F'.repeat(16) + 'N'.repeat(19) + 'P',
    parity: [[0, 'even', '.' + 'x'.repeat(18)], [36, 'odd', '.'.repeat(18) + 'x'.repeat(18)]],
  },
  'c1000-35': {
    frame: 'PP' + 'F'.repeat(12) + 'N'.repeat(20) + 'P',
    parity: [
      [1, 'even', '..' + 'xx.'.repeat(11)], [34, 'odd', '.' + 'xx.'.repeat(11)], [0, 'odd', '.' + 'x'.repeat(34)],
    ],
  },
  'c1000-48': {
    frame: 'PP' + 'F'.repeat(22) + 'N'.repeat(23) + 'P',
    parity: [
      [1, 'even', '...' + 'xx.'.repeat(15)], [47, 'odd', '..' + 'xx.'.repeat(15)], [0, 'odd', '.' + 'x'.repeat(47)],
    ],
  },
};

function slowFrame(format: (typeof WIEGAND)[number], facility: bigint, number: bigint): string {
  const { frame, parity } = TEMPLATES[format];
  const count = (letter: string) => frame.split(letter).length - 1;
  const facilityText = count('F') ? facility.toString(2).padStart(count('F'), '0') : '';
  const rest = [...(facilityText + number.toString(2).padStart(count('N'), '0'))];
  const bits = [...frame].map((letter) => (letter === 'P' ? '?' : rest.shift() as string));
  for (const [at, kind, ruler] of parity) {
    const ones = bits.filter((bit, index) => ruler[index] === 'x' && bit === '1').length;
    bits[at] = (ones % 2 === 1) === (kind === 'even') ? '1' : '0';
  }
  return bits.join('');
}

const binary = (bits: string) => BigInt(`0b${bits}`);

describe('card format', () => {
  describe('public vectors', () => {
    const vectors: [CardFormat, string, string | null, string, bigint][] = [
      ['h10301', '26-bit, npm wiegand-encoder', '90', '324', binary('00101101000000001010001000')],
      ['h10301', '26-bit, proxmark3', '123', '4567', 0x2f623aen],
      ['h10306', 'computed', '2001', '40001', 0x20fa33883n],
      ['c1000-35', 'computed', '1234', '567890', 0x69a5154a4n],
      ['c1000-35', 'computed, full', '4095', '1048575', 0x5fffffffen],
      ['h10302', 'computed', null, '123456789', 0x100eb79a2bn],
      ['h10304', 'computed', '12345', '400000', 0x3039c3500n],
    ];
    for (const [format, name, facilityCode, cardNumber, value] of vectors) {
      it(`${format} ${facilityCode ?? ''}/${cardNumber} (${name})`, () => {
        const bits = format === 'h10301' ? 26 : format === 'h10306' ? 34 : format === 'c1000-35' ? 35 : 37;
        const decoded = decodeCard(value, bits, format);
        assert.deepEqual(
          [decoded.facilityCode, decoded.cardNumber, decoded.parityOk, decoded.bits], [facilityCode, cardNumber, true, bits]);
        assert.equal(encodeCard(format, { facilityCode, cardNumber }).value, value);
        assert.equal(binary(slowFrame(format as 'h10301', BigInt(facilityCode ?? 0), BigInt(cardNumber))), value);
      });
    }

    it('card ID is facility bits followed by number bits', () => {
      assert.equal(decodeCard(0x2f623aen, 26, 'h10301').cardId, String(123 * 65536 + 4567));
      assert.equal(decodeCard(0x100eb79a2bn, 37, 'h10302').cardId, '123456789');
    });

    it('a CSN is cut to its last bits, in either byte order (Suprema)', () => {
      const csn = Uint8Array.from([0x04, 0x3d, 0x3a, 0x32, 0x77, 0x32, 0x80]);
      assert.equal(decodeCard(csn, 56, 'csn-32').cardId, String(0x32773280));
      assert.equal(decodeCard(csn, 56, 'csn-32', 'lsb').cardId, String(0x80327732));
      assert.equal(decodeCard(csn, 56, 'csn-56').cardId, String(0x043d3a32773280n));
      assert.equal(decodeCard(csn, 56, 'csn-56', 'lsb').cardId, String(0x803277323a3d04n));
      assert.equal(decodeCard(csn, 56, 'csn-64').cardId, String(0x043d3a32773280n));
      assert.equal(decodeCard(csn, 56, 'decimal', 'lsb').cardId, String(0x803277323a3d04n));
    });
  });

  it('takes the last bits of a wide register for a Wiegand format', () => {
    const register = new Uint8Array(20).fill(0xff);
    register.set([0xfe, 0xf6, 0x23, 0xae], 16);
    const decoded = decodeCard(register, null, 'h10301');
    assert.deepEqual([decoded.facilityCode, decoded.cardNumber, decoded.bits], ['123', '4567', null]);
  });

  it('masks what lies before the counted bits', () => {
    assert.equal(decodeCard(Uint8Array.from([0xff, 0xff, 0x01, 0x02]), 16, 'decimal').cardId, '258');
  });

  it('keeps numbers beyond 2^53 whole', () => {
    assert.equal(decodeCard(18446744073709551615n, 64, 'decimal').cardId, '18446744073709551615');
    assert.equal(decodeCard(99999999999999999999999999999999n, null, 'decimal').cardId, '9'.repeat(32));
  });

  it('a number of more than 32 digits is no card number', () => {
    assert.equal(decodeCard(10n ** 32n, null, 'decimal').cardId, null);
    assert.equal(decodeCard(Buffer.from('9'.repeat(33)), 264, 'ascii').cardId, null);
  });

  it('reads ASCII digits between padding, leading zeros dropped', () => {
    const read = (text: string) => decodeCard(Buffer.from(text, 'latin1'), text.length * 8, 'ascii');
    assert.equal(read('\0\0 0012345678\r\n').cardId, '12345678');
    assert.equal(read('12A4').cardId, null);
    assert.equal(read('12 34').cardId, null);
    assert.equal(read('000').cardId, null);
    assert.equal(read('').cardId, null);
    assert.equal(read('7').cardNumber, '7');
  });

  it('an identifier of zero is no card, whatever the format', () => {
    for (const format of CARD_FORMATS) {
      assert.equal(decodeCard(new Uint8Array(32), 256, format).cardId, null, format);
      assert.equal(decodeCard(0n, null, format).cardId, null, format);
      assert.equal(decodeCard(new Uint8Array(0), 0, format).cardId, null, format);
    }
  });

  it('too few bits for the format are no card', () => {
    const decoded = decodeCard(0x2f623aen, 25, 'h10301');
    assert.deepEqual([decoded.cardId, decoded.parityOk, decoded.bits], [null, null, 25]);
  });

  it('refuses a byte order where the data bits are no whole bytes', () => {
    for (const format of ['h10302', 'h10304', 'c1000-48'] as const) {
      assert.throws(() => checkByteOrder(format, 'lsb'), (error) => error instanceof McError && error.code === 'CONFIG_INVALID');
      assert.throws(() => decodeCard(1n, 64, format, 'lsb'), McError);
    }
    for (const format of CARD_FORMATS) checkByteOrder(format, 'msb');
  });

  it('refuses to encode what a format cannot carry', () => {
    const refused = (work: () => unknown) => assert.throws(work, (error) => error instanceof McError && error.code === 'CARD_ID_INVALID');
    refused(() => encodeCard('h10301', { facilityCode: '256', cardNumber: '1' }));
    refused(() => encodeCard('h10301', { facilityCode: '1', cardNumber: '65536' }));
    refused(() => encodeCard('h10302', { facilityCode: '1', cardNumber: '1' }));
    refused(() => encodeCard('csn-32', String(2n ** 32n)));
    refused(() => encodeCard('h10306', String(2n ** 32n)));
    refused(() => encodeCard('decimal', '0x12'));
    refused(() => encodeCard('decimal', '9'.repeat(33)));
  });

  for (const format of CARD_FORMATS) {
    it(`${format}: what is encoded decodes to the same, in a register of any width`, () => {
      const carried = CARRIED_BITS[format];
      const limit = carried === null ? 10n ** 32n - 1n : 2n ** BigInt(carried) - 1n;
      const orders = fc.constantFrom(...(['h10302', 'h10304', 'c1000-48'].includes(format) ? ['msb'] as const : ['msb', 'lsb'] as const));
      fc.assert(fc.property(fc.bigInt(1n, limit), orders, fc.nat(12), (number, order, padding) => {
        const encoded = encodeCard(format, number.toString(), order);
        const register = new Uint8Array(padding + encoded.bytes.length);
        register.set(encoded.bytes, padding);
        const decoded = decodeCard(register, encoded.bits, format, order);
        assert.equal(decoded.cardId, number.toString());
        assert.notEqual(decoded.parityOk, false);
        assert.equal(decodeCard(encoded.value, encoded.bits, format, order).cardId, number.toString());
      }));
    });
  }

  for (const format of WIEGAND) {
    it(`${format}: agrees with the slow implementation and sees each single flipped bit`, () => {
      const letters = (letter: string) => BigInt(TEMPLATES[format].frame.split(letter).length - 1);
      fc.assert(fc.property(
        fc.bigInt(0n, 2n ** letters('F') - 1n), fc.bigInt(0n, 2n ** letters('N') - 1n), fc.nat(), (facility, number, flip) => {
          const length = TEMPLATES[format].frame.length;
          const frame = slowFrame(format, facility, number);
          const facilityCode = letters('F') ? facility.toString() : null;
          assert.equal(encodeCard(format, { facilityCode, cardNumber: number.toString() }).value, binary(frame));
          const decoded = decodeCard(binary(frame), length, format);
          assert.deepEqual(
            [decoded.facilityCode, decoded.cardNumber, decoded.parityOk], [facilityCode, number.toString(), true]);
          const cardId = (facility << letters('N')) | number;
          assert.equal(decoded.cardId, cardId === 0n ? null : cardId.toString());
          const flipped = binary(frame) ^ (1n << BigInt(flip % length));
          assert.equal(decodeCard(flipped, length, format).parityOk, false);
        }));
    });
  }

  it('any bytes decode without throwing', () => {
    fc.assert(fc.property(
      fc.uint8Array({ maxLength: 40 }), fc.option(fc.nat(320)), fc.constantFrom(...CARD_FORMATS), (bytes, bits, format) => {
        const { cardId } = decodeCard(bytes, bits, format);
        assert.ok(cardId === null || /^[1-9][0-9]{0,31}$/.test(cardId));
      }));
  });
});
