import assert from 'node:assert/strict';
import fc from 'fast-check';
import sinon from 'sinon';
import type { Read } from '../../nodes/access/decision';
import { McError, type ErrorCode } from '../../nodes/credential/mc-error';
import { takeBits } from '../../nodes/field/reader-bit-count';
import { Reader, type ReaderSettings } from '../../nodes/field/reader';
import { FakeController } from './fake-controller';
import { BARIX, INVEO, RFIDEAS, SIMULATOR, STREAM, TOGETHER, UNKNOWN_CLEAR, type ReaderProfile } from './reader-profiles';

const SETTINGS: ReaderSettings = {
  reader: 1, door: 'Main entrance', direction: 'in', format: 'csn-64', byteOrder: 'msb', device: 'SIM-READER-1', pollMs: 50, repeatMs: 2000,
};

describe('reader', () => {
  let clock: sinon.SinonFakeTimers;
  let controller: FakeController;
  let reads: Read[];
  let troubles: (string | null)[];
  let readers: Reader[];

  beforeEach(() => {
    clock = sinon.useFakeTimers({ now: Date.UTC(2026, 5, 1, 8), toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] });
    reads = [];
    troubles = [];
    readers = [];
  });

  afterEach(async () => {
    for (const reader of readers) reader.stop();
    await clock.tickAsync(1000);
    assert.equal(clock.countTimers(), 0);
    clock.restore();
  });

  async function started(profile: ReaderProfile, settings: Partial<ReaderSettings> = {}, onRead?: (read: Read) => void): Promise<Reader> {
    controller = new FakeController(profile);
    return restarted(settings, onRead);
  }

  async function restarted(settings: Partial<ReaderSettings> = {}, onRead?: (read: Read) => void): Promise<Reader> {
    const reader = new Reader(controller, { ...SETTINGS, ...settings }, {
      onRead: (read) => { onRead?.(read); reads.push(read); },
      onTrouble: (error) => { troubles.push(error && error.code); },
    });
    reader.start();
    readers.push(reader);
    await clock.tickAsync(10);
    controller.log.length = 0;
    return reader;
  }

  /** A number, right-aligned in registers, high word first. */
  function put(address: number, words: number, value: bigint): void {
    for (let index = words - 1; index >= 0; index--, value >>= 16n) controller.registers.set(address + index, Number(value & 0xffffn));
  }

  const cards = () => reads.map(({ cardId }) => cardId);
  const code = (wanted: ErrorCode) => (error: unknown) => error instanceof McError && error.code === wanted;

  describe('clear-flag (Inveo)', () => {
    function present(value: bigint): void {
      put(1002, 10, value);
      controller.bits.set(1016, true);
    }

    it('reads flag, number and flag again, clears, and then delivers', async () => {
      await started(INVEO);
      let cleared: boolean | undefined;
      readers.pop()?.stop();
      await restarted({}, () => { cleared = controller.bits.get(1016) === false; });
      present(998877665544n);
      await clock.tickAsync(60);
      assert.deepEqual(reads, [{
        cardId: '998877665544', format: 'csn-64', bits: null, facilityCode: null, cardNumber: '998877665544', parityOk: null,
        door: 'Main entrance', direction: 'in', reader: 1, device: 'SIM-READER-1', readAt: new Date(Date.UTC(2026, 5, 1, 8) + 60).toISOString(),
      }]);
      assert.equal(cleared, true);
      assert.deepEqual(controller.log.slice(0, 4), [
        'readBits 1 1016 1', 'readRegisters 3 1002 10', 'readBits 1 1016 1', 'writeCoil 1016 false',
      ]);
      assert.deepEqual(troubles, []);
    });

    it('a card from before the start, or from a long absence of the line, opens nothing and is told', async () => {
      controller = new FakeController(INVEO);
      present(7n);
      await restarted();
      assert.deepEqual([cards(), troubles], [[], ['ANSWER_INVALID']]);
      assert.equal(controller.bits.get(1016), false, 'it can be presented again');
      await clock.tickAsync(50);
      controller.setUp(false);
      present(8n);
      await clock.tickAsync(10_000);
      controller.setUp(true);
      await clock.tickAsync(60);
      assert.deepEqual(cards(), []);
      present(9n);
      await clock.tickAsync(60);
      assert.deepEqual(cards(), ['9']);
    });

    it('drops a number whose flag fell while it was read', async () => {
      await started(INVEO);
      present(1n);
      controller.onAccess = (what) => { if (what.startsWith('readRegisters')) controller.bits.set(1016, false); };
      await clock.tickAsync(200);
      assert.deepEqual(cards(), []);
    });

    it('reads flag and number in one request where they are neighbours', async () => {
      await started(TOGETHER);
      controller.registers.set(100, 1);
      put(101, 4, 4711n);
      await clock.tickAsync(60);
      assert.deepEqual(cards(), ['4711']);
      assert.deepEqual(controller.log, ['readRegisters 3 100 5', 'writeRegister 100 0']);
    });

    it('a card that is held, or comes again soon, is one read', async () => {
      await started(INVEO);
      for (let at = 0; at < 5000; at += 250) {
        present(1n);
        await clock.tickAsync(250);
      }
      assert.deepEqual(cards(), ['1']);
      present(2n);
      await clock.tickAsync(100);
      present(1n);
      await clock.tickAsync(2000);
      assert.deepEqual(cards(), ['1', '2']);
      present(1n);
      await clock.tickAsync(100);
      assert.deepEqual(cards(), ['1', '2', '1']);
      assert.deepEqual(troubles, []);
    });

    it('a held card that sets the flag with each poll is no stuck reader', async () => {
      await started(INVEO);
      present(1n);
      // Set again when the host asks for a new card, but not while it reads back the clear.
      let cleared = false;
      controller.onAccess = (what) => {
        if (what.startsWith('writeCoil')) cleared = true;
        else if (what.startsWith('readBits') && cleared) { cleared = false; setTimeout(() => { controller.bits.set(1016, true); }, 10); }
      };
      await clock.tickAsync(5000);
      assert.deepEqual(cards(), ['1']);
      assert.deepEqual(troubles, []);
    });

    it('is stuck when three clears are not heeded, told once, until it is free', async () => {
      await started(INVEO);
      present(7n);
      controller.onAccess = (what) => { if (what.startsWith('writeCoil')) setTimeout(() => { controller.bits.set(1016, true); }, 0); };
      controller.writeCoil = (address, on, options) => FakeController.prototype.writeCoil.call(controller, address, on, options)
        .then(() => { controller.bits.set(1016, true); });
      await clock.tickAsync(2000);
      assert.deepEqual(troubles, ['ANSWER_INVALID']);
      assert.deepEqual(cards(), ['7'], 'the card itself is delivered, once');
      delete (controller as { writeCoil?: unknown }).writeCoil;
      controller.onAccess = () => {};
      await clock.tickAsync(200);
      assert.deepEqual(troubles, ['ANSWER_INVALID', null]);
    });

    it('a clear that fails loses no card', async () => {
      await started(INVEO);
      present(8n);
      controller.readErrors = [null, null, null, new McError('LINE_TIMEOUT', 'no answer')];
      await clock.tickAsync(200);
      assert.deepEqual(cards(), ['8']);
      assert.deepEqual(troubles, ['LINE_TIMEOUT', null]);
      assert.equal(controller.bits.get(1016), false, 'cleared by the next poll');
    });

    it('refuses a register the profile does not know', async () => {
      await assert.rejects(started(UNKNOWN_CLEAR), code('CONFIG_INVALID'));
    });
  });

  describe('bit-count (Barix)', () => {
    it('takes the counted bits, the last byte right-aligned and masked', async () => {
      await started(BARIX, { format: 'h10301' });
      controller.registers.set(12, 0xa8df).set(13, 0xd8ca).set(11, 0xff00 | 26);
      await clock.tickAsync(60);
      const bits = (0xa8dfd8n << 2n) | 2n;
      assert.equal(reads[0]?.bits, 26);
      assert.equal(reads[0]?.facilityCode, String((bits >> 17n) & 0xffn));
      assert.equal(reads[0]?.cardNumber, String((bits >> 1n) & 0xffffn));
      assert.deepEqual(controller.log.slice(0, 2), ['readRegisters 3 11 6', 'writeRegister 11 0']);
      await clock.tickAsync(500);
      assert.equal(reads.length, 1);
    });

    it('a high byte alone is no card', async () => {
      await started(BARIX);
      controller.registers.set(11, 0xff00);
      await clock.tickAsync(200);
      assert.deepEqual([reads, troubles], [[], []]);
    });

    it('more bits than registers hold are cleared and told', async () => {
      await started(BARIX);
      controller.registers.set(11, 81);
      await clock.tickAsync(60);
      assert.deepEqual(cards(), []);
      assert.equal(troubles[0], 'ANSWER_INVALID');
      assert.equal(controller.registers.get(11), 0);
    });

    it('any bits come out as they went over the wire', () => {
      fc.assert(fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 80 }), fc.uint8Array({ minLength: 10, maxLength: 10 }), (bits, old) => {
        // The device: each bit is shifted into the current byte from the right; old bits stay beside a partial one.
        const bytes = [...old];
        bits.forEach((bit, index) => { bytes[index >> 3] = (((bytes[index >> 3] as number) << 1) | (bit ? 1 : 0)) & 0xff; });
        const words = [0, 2, 4, 6, 8].map((index) => ((bytes[index] as number) << 8) | (bytes[index + 1] as number));
        assert.equal(takeBits(words, bits.length), BigInt(`0b${bits.map((bit) => (bit ? 1 : 0)).join('')}`));
      }));
    });
  });

  describe('sequence (simulator, rf IDEAS)', () => {
    let number = 0;
    beforeEach(() => { number = 0; });

    function present(value: bigint, sequence = (number + 1) & 0xffff, bits = 64): void {
      number = sequence;
      controller.registers.set(0, number).set(1, bits);
      put(2, 16, value);
    }

    it('the first poll learns, each further number is a card', async () => {
      await started(SIMULATOR);
      readers.pop()?.stop();
      present(5n, 17);
      await restarted();
      await clock.tickAsync(100);
      assert.deepEqual(cards(), []);
      present(998877665544n);
      await clock.tickAsync(60);
      present(9007199254740993n);
      await clock.tickAsync(60);
      assert.deepEqual(cards(), ['998877665544', '9007199254740993']);
      assert.equal(reads[0]?.bits, 64);
      assert.equal(controller.log[0], 'readRegisters 4 0 18');
    });

    it('a jump is told as lost reads, and the last card delivered', async () => {
      await started(SIMULATOR);
      present(1n, 3);
      await clock.tickAsync(60);
      assert.deepEqual(cards(), ['1']);
      assert.deepEqual(troubles, ['ANSWER_INVALID']);
      await clock.tickAsync(60);
      assert.deepEqual(troubles, ['ANSWER_INVALID', null]);
    });

    it('runs over at 16 bits', async () => {
      await started(SIMULATOR);
      readers.pop()?.stop();
      present(1n, 65535);
      await restarted();
      present(2n, 0);
      await clock.tickAsync(60);
      present(3n, 1);
      await clock.tickAsync(60);
      assert.deepEqual(cards(), ['2', '3']);
      assert.deepEqual(troubles, []);
    });

    it('learns again when the device restarted, and keeps a card that came with it', async () => {
      await started(SIMULATOR);
      readers.pop()?.stop();
      present(1n, 500);
      await restarted();
      present(0n, 0, 0);
      await clock.tickAsync(60);
      assert.deepEqual([cards(), troubles], [[], []]);
      present(2n, 1);
      await clock.tickAsync(60);
      assert.deepEqual(cards(), ['2']);
      present(3n, 400);
      await clock.tickAsync(60);
      present(4n, 1);
      await clock.tickAsync(60);
      assert.deepEqual(cards(), ['2', '3', '4']);
    });

    it('takes the words in the order of the profile', async () => {
      await started({ ...SIMULATOR, wordOrder: 'low-first' });
      controller.registers.set(0, 1).set(1, 64).set(2, 2).set(3, 1);
      await clock.tickAsync(60);
      assert.deepEqual(cards(), [String(0x10002)]);
    });

    it('a count without bits is a card that left', async () => {
      await started(SIMULATOR);
      present(0n, 1, 0);
      await clock.tickAsync(60);
      assert.deepEqual([cards(), troubles], [[], []]);
    });

    it('what was presented while nobody listened for long opens nothing later, and is told', async () => {
      await started(SIMULATOR);
      await clock.tickAsync(200);
      controller.setUp(false);
      present(1n, 1);
      present(2n, 2);
      await clock.tickAsync(10_000);
      assert.deepEqual(troubles, ['LINE_DOWN']);
      controller.setUp(true);
      await clock.tickAsync(100);
      assert.deepEqual(cards(), []);
      assert.deepEqual(troubles, ['LINE_DOWN', 'ANSWER_INVALID', null]);
      present(3n, 3);
      await clock.tickAsync(60);
      assert.deepEqual(cards(), ['3']);
    });

    it('a line that was away for a moment loses no card', async () => {
      await started(SIMULATOR);
      await clock.tickAsync(200);
      controller.setUp(false);
      present(1n);
      await clock.tickAsync(2000);
      controller.setUp(true);
      await clock.tickAsync(60);
      assert.deepEqual(cards(), ['1']);
    });

    it('reads the number before and after where it lies far away', async () => {
      await started(RFIDEAS);
      controller.registers.set(500, 1);
      put(3, 16, 12345n);
      let changed = false;
      controller.onAccess = (what) => {
        if (changed || !what.endsWith('3 16')) return;
        changed = true;
        controller.registers.set(500, 2);
        put(3, 16, 54321n);
      };
      await clock.tickAsync(60);
      assert.deepEqual(cards(), ['54321']);
      assert.deepEqual(troubles, ['ANSWER_INVALID'], 'and one was lost');
    });
  });

  describe('stream (text that the device sends by itself)', () => {
    const send = (text: string): void => { for (const listener of controller.byteListeners) listener(Buffer.from(text, 'latin1')); };

    it('takes a card with the end of its line, in however many pieces it comes', async () => {
      await started(STREAM, { format: 'ascii' });
      send('00123');
      await clock.tickAsync(10);
      send('45678\r\n00');
      await clock.tickAsync(100);
      assert.deepEqual(cards(), ['12345678']);
      send('00000077\r\n');
      await clock.tickAsync(100);
      assert.deepEqual(cards(), ['12345678', '77']);
    });

    it('takes a card with the pause after it', async () => {
      await started({ ...STREAM, readers: [{ handshake: 'stream', end: 'pause' }] }, { format: 'ascii' });
      send('4711');
      await clock.tickAsync(20);
      assert.deepEqual(cards(), []);
      await clock.tickAsync(100);
      assert.deepEqual(cards(), ['4711']);
    });

    it('takes a byte alone as a key, each time it is pressed', async () => {
      await started(STREAM, { format: 'ascii' });
      for (const text of ['5', '5', '\xe1']) {
        send(text);
        await clock.tickAsync(100);
      }
      assert.deepEqual(reads.map(({ key, cardId }) => [key, cardId]), [['5', null], ['5', null], ['1', null]]);
    });

    it('forgets what came before the line was away, and noise without an end', async () => {
      await started(STREAM, { format: 'ascii' });
      send('9'.repeat(200));
      send('12\r\n');
      await clock.tickAsync(100);
      assert.deepEqual(cards(), ['12']);
    });

    it('listens no more after stop', async () => {
      const reader = await started(STREAM);
      reader.stop();
      assert.equal(controller.byteListeners.size, 0);
    });
  });

  describe('a keypad', () => {
    it('is a read of its own kind, and the same key twice is two', async () => {
      await started(BARIX, { format: 'h10301' });
      for (const bits of [[4, 0x0700], [4, 0x0700], [8, 0xd200], [8, 0xa500]]) {
        controller.registers.set(11, bits[0]!).set(12, bits[0] === 4 ? bits[1]! : bits[1]!);
        await clock.tickAsync(60);
      }
      assert.deepEqual(reads.map(({ key, cardId, bits }) => ({ key, cardId, bits })), [
        { key: '7', cardId: null, bits: 4 }, { key: '7', cardId: null, bits: 4 }, { key: '2', cardId: null, bits: 8 }, { key: '5', cardId: null, bits: 8 },
      ]);
    });
  });

  describe('a reader that restarts (Inveo)', () => {
    const RESTARTS = { ...INVEO, readers: [{ ...INVEO.readers[0]!, reset: { kind: 'coil', address: 1017 } } as (typeof INVEO.readers)[number]] };

    it('clears the flag silently at first, and tells of it afterwards', async () => {
      controller = new FakeController(RESTARTS);
      controller.bits.set(1017, true);
      await restarted();
      await clock.tickAsync(1500);
      assert.deepEqual([troubles, controller.bits.get(1017)], [[], false]);
      controller.bits.set(1017, true);
      await clock.tickAsync(1500);
      assert.deepEqual([troubles, controller.bits.get(1017)], [['ANSWER_INVALID', null], false]);
    });
  });

  describe('whatever the kind', () => {
    it('a reader number the profile lacks', async () => {
      await assert.rejects(started(INVEO, { reader: 2 }), code('CHANNEL_UNKNOWN'));
      await assert.rejects(started({ ...INVEO, readers: [] }), code('CHANNEL_UNKNOWN'));
    });

    it('a byte order the format does not have', async () => {
      await assert.rejects(started(SIMULATOR, { format: 'h10302', byteOrder: 'lsb' }), code('CONFIG_INVALID'));
    });

    it('never has two polls under way, and keeps its pace', async () => {
      await started(SIMULATOR);
      let underway = 0;
      let most = 0;
      let polls = 0;
      controller.readRegisters = async () => {
        polls++;
        most = Math.max(most, ++underway);
        await new Promise((resolve) => setTimeout(resolve, polls < 5 ? 180 : 20));
        underway--;
        return Array.from({ length: 18 }, () => 0);
      };
      await clock.tickAsync(2000);
      assert.equal(most, 1);
      polls = 5;
      await clock.tickAsync(1000);
      assert.ok(polls - 5 >= 19 && polls - 5 <= 21, `${polls - 5} polls in a second`);
    });

    it('trouble is told once when it begins and once when it ends', async () => {
      await started(SIMULATOR);
      controller.readErrors = Array.from({ length: 10 }, () => new McError('LINE_TIMEOUT', 'no answer'));
      await clock.tickAsync(2000);
      assert.deepEqual(troubles, ['LINE_TIMEOUT', null]);
    });

    it('an error of an unknown kind does not end the polling', async () => {
      await started(SIMULATOR);
      controller.readErrors = [new TypeError('broken')];
      await clock.tickAsync(200);
      assert.deepEqual(troubles, ['ANSWER_INVALID', null]);
    });

    it('a delivery that threw is made again', async () => {
      let failures = 2;
      await started(SIMULATOR, {}, () => { if (failures-- > 0) throw new Error('flow'); });
      controller.registers.set(0, 1).set(1, 64).set(17, 77);
      await clock.tickAsync(500);
      assert.deepEqual(cards(), ['77']);
    });

    it('a listener for trouble that throws does not end the polling', async () => {
      controller = new FakeController(SIMULATOR);
      const reader = new Reader(controller, SETTINGS, { onRead: (read) => { reads.push(read); }, onTrouble() { throw new Error('flow'); } });
      readers.push(reader);
      reader.start();
      controller.readErrors = [new McError('LINE_TIMEOUT', 'no answer')];
      await clock.tickAsync(200);
      controller.registers.set(0, 1).set(1, 64).set(17, 78);
      await clock.tickAsync(100);
      assert.deepEqual(cards(), ['78']);
    });

    it('a bad read is a read without a card number', async () => {
      await started(SIMULATOR, { format: 'ascii' });
      controller.registers.set(0, 1).set(1, 64).set(17, 0x4142);
      await clock.tickAsync(100);
      assert.deepEqual(cards(), [null]);
    });

    it('after stop nothing is read', async () => {
      const reader = await started(SIMULATOR);
      reader.stop();
      controller.registers.set(0, 1).set(1, 64).set(17, 1);
      await clock.tickAsync(1000);
      assert.deepEqual([reads, controller.log], [[], []]);
    });
  });
});
