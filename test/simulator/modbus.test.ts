import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FrameReader } from '../../nodes/simulator/modbus/frame-reader';
import simulatorProfile from '../../nodes/field/profiles/simulator.json';
import { frame, ModbusWire, startSimulator, until } from './start-simulator';

const PATRICK = '998877665544';

describe('simulator: Modbus/TCP', () => {
  describe('frames', () => {
    it('answers frames that come in one segment, in their order', async () => {
      const { modbusPort } = await startSimulator();
      const wire = await ModbusWire.open(modbusPort);
      wire.send(Buffer.concat([frame(1, '02 0000 0004', 1), frame(2, '01 0000 0008', 2), frame(3, '01 03F8 0002', 65535)]));
      assert.deepEqual([await wire.next(), await wire.next(), await wire.next()], [
        { transaction: 1, unit: 1, pdu: '020101' }, { transaction: 2, unit: 2, pdu: '010100' }, { transaction: 65535, unit: 3, pdu: '010102' },
      ]);
    });

    it('waits for the rest of a frame that comes byte by byte', async () => {
      const { modbusPort } = await startSimulator();
      const wire = await ModbusWire.open(modbusPort);
      for (const byte of frame(1, '05 0000 FF00')) {
        wire.send(Buffer.from([byte]));
        await new Promise(setImmediate);
      }
      assert.equal((await wire.next()).pdu, '050000ff00');
    });

    it('cuts any stream of frames the same way, however it is split', () => {
      const one = fc.record({ unit: fc.integer({ min: 0, max: 255 }), transaction: fc.integer({ min: 0, max: 65535 }), pdu: fc.uint8Array({ minLength: 1, maxLength: 253 }) });
      fc.assert(fc.property(fc.array(one, { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 30 }), (frames, cuts) => {
        const stream = Buffer.concat(frames.map(({ unit, transaction, pdu }) => frame(unit, Buffer.from(pdu).toString('hex'), transaction)));
        const reader = new FrameReader();
        const got = [];
        for (let at = 0, index = 0; at < stream.length; index += 1) {
          const size = cuts[index % cuts.length]!;
          got.push(...reader.take(stream.subarray(at, at + size)).map((found) => ({ ...found, pdu: found.pdu.toString('hex') })));
          at += size;
        }
        assert.deepEqual(got, frames.map((each) => ({ ...each, pdu: Buffer.from(each.pdu).toString('hex') })));
      }));
    });

    for (const [what, bytes] of [['another protocol', '0001000100060102000000 04'], ['no PDU', '00010000000101'], ['too long a PDU', '0001000000FF0102']] as const) {
      it(`closes the connection on ${what}, and goes on with others`, async () => {
        const { modbusPort } = await startSimulator();
        const [wire, other] = await Promise.all([ModbusWire.open(modbusPort), ModbusWire.open(modbusPort)]);
        wire.send(Buffer.from(bytes.replaceAll(' ', ''), 'hex'));
        await wire.closed;
        assert.equal(await other.ask(1, '02 0000 0001'), '020101');
      });
    }

    it('stops reading from who does not read answers, and goes on after', async () => {
      const { modbusPort } = await startSimulator();
      const wire = await ModbusWire.open(modbusPort);
      wire.socket.pause();
      const burst = Buffer.concat(Array.from({ length: 500 }, () => frame(1, '04 0000 0012')));
      for (let round = 0; round < 40; round += 1) wire.send(burst);
      await new Promise((resolve) => setTimeout(resolve, 50));
      wire.socket.resume();
      for (let count = 0; count < 20_000; count += 1) await wire.next();
    });
  });

  describe('exceptions', () => {
    const cases: [string, number, string, string][] = [
      ['a unit that is not there', 4, '02 0000 0001', '820b'],
      ['unit 0', 0, '01 0000 0001', '810b'],
      ['an unknown function', 1, '2B 0E 01 00', 'ab01'],
      ['holding registers, which unit 1 has not', 1, '03 0000 0001', '8301'],
      ['writing registers, which unit 1 has not', 1, '06 0000 0001', '8601'],
      ['input registers, which unit 2 has not', 2, '04 0000 0001', '8401'],
      ['discrete inputs, which unit 3 has not', 3, '02 03F2 0001', '8201'],
      ['a coil past the end', 1, '01 0000 0009', '8102'],
      ['an input past the end', 1, '02 0000 0021', '8202'],
      ['registers past a reader', 1, '04 0000 0013', '8402'],
      ['a reader past the last', 1, '04 0384 0001', '8402'],
      ['addresses past 65535', 1, '02 FFFF 0002', '8202'],
      ['no coils at all', 1, '01 0000 0000', '8103'],
      ['2001 bits', 1, '01 0000 07D1', '8103'],
      ['126 registers', 1, '04 0000 007E', '8403'],
      ['a quantity that is wrong before an address that is', 1, '01 1000 0000', '8103'],
      ['a request that is too short', 1, '01 0000', '8103'],
      ['a coil value that is neither on nor off', 1, '05 0000 1234', '8503'],
      ['a coil that is not there', 1, '05 0008 FF00', '8502'],
      ['a pulse of a relay that is not there', 1, '05 0208 000A', '8502'],
      ['a pulse past the longest', 1, '05 0200 8000', '8503'],
      ['reading a pulse', 1, '01 0200 0001', '8102'],
      ['coils past the end', 1, '0F 0004 0008 01 FF', '8f02'],
      ['coils with a byte count that does not fit', 1, '0F 0000 0008 02 FF', '8f03'],
      ['coils with fewer bytes than announced', 1, '0F 0000 0010 02 FF', '8f03'],
      ['a control mode that is not there', 2, '06 1000 0004', '8603'],
      ['a register that is only read', 2, '06 8000 0001', '8602'],
      ['registers past the modes', 2, '10 1007 0002 04 0000 0000', '9002'],
      ['124 registers to write', 2, '10 1000 007C F8 0000', '9003'],
      ['a relay state, which is only read', 3, '05 03EA FF00', '8502'],
      ['an input, which is only read', 3, '05 03F2 FF00', '8502'],
      ['the number of a tag, which is only read', 3, '06 03EA 0001', '8602'],
      ['a toggle of a relay that is not there', 2, '05 0009 5500', '8502'],
    ];
    for (const [what, unit, pdu, answer] of cases) {
      it(`${what}: ${answer}`, async () => {
        const { modbusPort } = await startSimulator();
        assert.equal(await (await ModbusWire.open(modbusPort)).ask(unit, pdu), answer);
      });
    }

    it('writes none of several coils where one cannot be written', async () => {
      const { simulator, modbusPort } = await startSimulator();
      const wire = await ModbusWire.open(modbusPort);
      assert.equal(await wire.ask(1, '0F 0000 0009 02 FF 01'), '8f02');
      assert.equal(await wire.ask(1, '01 0000 0008'), '010100');
      assert.equal(simulator.doors[0]!.strikeOn, false);
    });
  });

  it('never fails on any request, and answers each once', async () => {
    const { modbusPort } = await startSimulator();
    const wire = await ModbusWire.open(modbusPort);
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.constantFrom(1, 2, 3, 4, 5, 6, 15, 16, 43), fc.uint8Array({ maxLength: 252 }), async (unit, code, data) => {
      const answer = await wire.ask(unit, Buffer.from([code, ...data]).toString('hex'));
      assert.ok(answer.startsWith(Buffer.from([code]).toString('hex')) || answer.startsWith(Buffer.from([code | 0x80]).toString('hex')));
    }), { numRuns: 300 });
  });

  describe('strikes', () => {
    it('turns them on and off by functions 5 and 15 and reads them back', async () => {
      const { simulator, modbusPort } = await startSimulator();
      const wire = await ModbusWire.open(modbusPort);
      assert.equal(await wire.ask(1, '05 0000 FF00'), '050000ff00');
      assert.equal(simulator.doors[0]!.strikeOn, true);
      assert.equal(await wire.ask(1, '05 0000 0000'), '0500000000');
      assert.equal(simulator.doors[0]!.strikeOn, false);
      assert.equal(await wire.ask(1, '0F 0000 0008 01 82'), '0f00000008');
      assert.equal(await wire.ask(1, '01 0000 0008'), '010182');
      assert.deepEqual(simulator.doors.map(({ strikeOn }) => strikeOn), [false, true]);
    });

    it('are on while any of the units holds them', async () => {
      const { simulator, modbusPort } = await startSimulator();
      const wire = await ModbusWire.open(modbusPort);
      const on = (): boolean => simulator.doors[1]!.strikeOn;
      await wire.ask(1, '05 0001 FF00');
      await wire.ask(2, '05 0001 FF00');
      await wire.ask(3, '05 03E9 FF00');
      assert.equal(await wire.ask(3, '01 03E8 0004'), '01010a', 'relay and its state');
      await wire.ask(1, '05 0001 0000');
      await wire.ask(2, '05 0001 0000');
      assert.equal(on(), true);
      await wire.ask(3, '05 03E9 0000');
      assert.equal(on(), false);
      assert.equal(simulator.doors[1]!.strikes, 1);
    });

    for (const unit of [1, 2]) {
      it(`unit ${unit} ends a timed pulse by itself, after its time`, async () => {
        const { simulator, modbusPort } = await startSimulator();
        const wire = await ModbusWire.open(modbusPort);
        const ended = new Promise<number>((resolve) => simulator.onEvent(({ event, energisedMs }) => { if (event === 'strike-off') resolve(energisedMs!); }));
        assert.equal(await wire.ask(unit, '05 0200 0002'), '0502000002', 'an exact echo');
        assert.equal(simulator.doors[0]!.strikeOn, true);
        const ms = await ended;
        assert.ok(ms >= 195 && ms < 1000, `${ms} ms`);
        assert.equal(await wire.ask(unit, '01 0000 0001'), '010100');
      });
    }

    it('a second pulse starts the time anew; a value of 0 ends it; on and off end it too', async () => {
      const { simulator, modbusPort } = await startSimulator();
      const wire = await ModbusWire.open(modbusPort);
      const [door] = simulator.doors;
      await wire.ask(1, '05 0200 0002');
      await new Promise((resolve) => setTimeout(resolve, 120));
      await wire.ask(1, '05 0200 0003');
      await new Promise((resolve) => setTimeout(resolve, 120));
      assert.equal(door!.strikeOn, true, 'the first pulse would be over by now');
      await until(() => !door!.strikeOn);
      assert.ok(door!.energisedMs >= 410, `${door!.energisedMs} ms`);
      assert.equal(door!.strikes, 1);

      await wire.ask(1, '05 0200 7FFF');
      await wire.ask(1, '05 0200 0000');
      assert.equal(door!.strikeOn, false);

      await wire.ask(1, '05 0200 0001');
      await wire.ask(1, '05 0000 FF00');
      await new Promise((resolve) => setTimeout(resolve, 150));
      assert.equal(door!.strikeOn, true, 'on for good');
      await wire.ask(1, '05 0000 0000');
    });

    it('unit 2 takes toggle, all and flash off', async () => {
      const { modbusPort } = await startSimulator();
      const wire = await ModbusWire.open(modbusPort);
      await wire.ask(2, '05 0003 5500');
      assert.equal(await wire.ask(2, '01 0000 0008'), '010108');
      await wire.ask(2, '05 01FF FF00');
      assert.equal(await wire.ask(2, '01 0000 0008'), '0101f7');
      await wire.ask(2, '05 00FF FF00');
      assert.equal(await wire.ask(2, '05 0401 0001'), '0504010001');
      assert.equal(await wire.ask(2, '01 0000 0008'), '0101fd');
      await until(async () => await wire.ask(2, '01 0000 0008') === '0101ff');
      await wire.ask(2, '05 00FF 0000');
      assert.equal(await wire.ask(2, '01 0000 0008'), '010100');
      assert.equal(await wire.ask(2, '03 1000 0008'), `0310${'0000'.repeat(8)}`);
      assert.equal(await wire.ask(2, '10 1000 0002 04 0001 0003'), '1010000002');
      assert.equal(await wire.ask(2, '03 1000 0002'), '030400010003');
      assert.equal(await wire.ask(2, '03 4000 0001'), '03020002');
    });
  });

  describe('inputs', () => {
    it('show contact, exit button and tamper in the maps of all units', async () => {
      const { simulator, modbusPort } = await startSimulator();
      const wire = await ModbusWire.open(modbusPort);
      const inputs = async (): Promise<string[]> => [await wire.ask(1, '02 0000 0020'), await wire.ask(2, '02 0000 0008'), await wire.ask(3, '01 03F2 0002')];
      assert.deepEqual(await inputs(), ['020411000000', '020105', '010101'], 'two doors, closed');
      simulator.doors[0]!.force();
      simulator.doors[0]!.holdExit(true);
      simulator.doors[1]!.setTamper(true);
      assert.deepEqual(await inputs(), ['020452000000', '020106', '010102']);
      simulator.doors[0]!.close();
      simulator.doors[0]!.holdExit(false);
      simulator.doors[1]!.setTamper(false);
      assert.deepEqual(await inputs(), ['020411000000', '020105', '010101']);
    });

    it('shows a pressed exit button long enough for a slow poll, then lets it go', async () => {
      const { simulator } = await startSimulator();
      const [door] = simulator.doors;
      door!.pressExit(60);
      assert.equal(door!.exitPressed, true);
      await until(() => !door!.exitPressed);
    });
  });

  describe('readers', () => {
    it('unit 1 counts cards and shows the last one, right-aligned, as the profile says', async () => {
      const { simulator, modbusPort } = await startSimulator({ doors: 3 });
      const wire = await ModbusWire.open(modbusPort);
      assert.equal(await wire.ask(1, '04 0064 0012'), `0424${'0000'.repeat(18)}`, 'nothing after power-up');
      simulator.presentCard(2, PATRICK);
      const map = simulatorProfile.readers[1]!;
      const words = map.example.words.map((word) => word.toString(16).padStart(4, '0')).join('');
      assert.equal(await wire.ask(1, `04 ${map.sequence.toString(16).padStart(4, '0')} 0012`), `042400010040${words}`);
      simulator.presentCard(2, PATRICK);
      assert.equal(await wire.ask(1, '04 0064 0001'), '04020002');
      assert.equal(await wire.ask(1, '04 0000 0001'), '04020000', 'reader 1 saw nothing');
      simulator.presentCard(4, '7');
      assert.equal(await wire.ask(1, '04 012C 0002'), '040400010040', 'the spare reader is the one after the last door');
    });

    it('carries every card number', async () => {
      const { simulator, modbusPort } = await startSimulator();
      const wire = await ModbusWire.open(modbusPort);
      await fc.assert(fc.asyncProperty(fc.bigInt(1n, 10n ** 32n - 1n), async (number) => {
        simulator.presentCard(1, String(number));
        const answer = await wire.ask(1, '04 0001 0011');
        const bits = parseInt(answer.slice(4, 8), 16);
        assert.equal(BigInt(`0x${answer.slice(8)}`), number);
        assert.ok(bits >= 64 && bits <= 112 && number < 1n << BigInt(bits));
        await wire.ask(3, '05 03F8 0000');
      }), { numRuns: 100 });
    });

    it('the sequence number runs over at 16 bits', async () => {
      const { simulator } = await startSimulator();
      simulator.readers[0]!.sequence = 0xffff;
      simulator.presentCard(1, '5');
      assert.equal(simulator.readers[0]!.sequence, 0);
    });

    it('unit 3 takes a tag, and no further one until the host has cleared the flag', async () => {
      const { simulator, modbusPort } = await startSimulator();
      const wire = await ModbusWire.open(modbusPort);
      const tag = (): Promise<string> => wire.ask(3, '03 03EA 000A');
      const words = `0314${'0000'.repeat(7)}00e891bf9908`;
      assert.equal(await wire.ask(3, '01 03F8 0002'), '010102', 'no tag; reset flag after the start');
      assert.equal(await wire.ask(3, '05 03F9 0000'), '0503f90000');
      simulator.presentCard(2, '1');
      assert.equal(await wire.ask(3, '01 03F8 0002'), '010100', 'a card at another reader');
      simulator.presentCard(1, PATRICK);
      assert.equal(await wire.ask(3, '01 03F8 0001'), '010101');
      assert.equal(await wire.ask(3, '03 03E8 0001'), '03020001', 'the flag as a register');
      assert.equal(await tag(), words);
      simulator.presentCard(1, '42');
      assert.equal(await tag(), words, 'not taken');
      assert.equal(await wire.ask(3, '05 03F8 0000'), '0503f80000');
      simulator.presentCard(1, '42');
      assert.equal(await tag(), `0314${'0000'.repeat(9)}002a`);
      assert.equal(await wire.ask(3, '06 03E8 0000'), '0603e80000', 'cleared by the register');
      assert.equal(await wire.ask(3, '01 03F8 0001'), '010100');
      assert.equal(await wire.ask(3, '05 03F4 FF00'), '0503f4ff00', 'a light');
      assert.equal(await wire.ask(3, '01 03F4 0002'), '010101');
      assert.equal(await wire.ask(3, '05 03F7 FF00'), '0503f7ff00', 'a sound');
    });
  });

  it('answers fast: the median of 2000 requests is under a millisecond', async () => {
    const { modbusPort } = await startSimulator();
    const wire = await ModbusWire.open(modbusPort);
    const times: number[] = [];
    for (let count = 0; count < 2000; count += 1) {
      const from = performance.now();
      await wire.ask(1, '04 0000 0012');
      times.push(performance.now() - from);
    }
    const median = times.sort((a, b) => a - b)[1000]!;
    assert.ok(median < 1, `${median.toFixed(3)} ms`);
  });
});
