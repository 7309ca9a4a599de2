/** Frames on Modbus/TCP that no device should send, and numbers that run over. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isMcError } from '../../nodes/credential/mc-error';
import { Line } from '../../nodes/field/line';
import { readRegisters, writeSingle } from '../../nodes/field/modbus-pdu';
import { codeOf, LINE, mbap, scriptedDevice, soon, until } from './line-fixture';

/** What a register holds: tells of which request an answer is. */
const valueAt = (address: number): number => (address * 7 + 3) & 0xffff;

function goodPdu(request: Buffer): number[] {
  const value = valueAt(request.readUInt16BE(8));
  return [request[7] ?? 0, 2, value >> 8, value & 0xff];
}

describe('frames on a line', function () {
  this.timeout(60_000);
  let line: Line;
  let close: () => Promise<unknown>;

  async function open(answer: Parameters<typeof scriptedDevice>[0], over: Partial<typeof LINE> = {}): Promise<void> {
    const device = await scriptedDevice(answer);
    close = device.close;
    line = new Line({ ...LINE, port: device.port, ...over });
    line.open();
    await until(() => line.state === 'up');
  }

  const ask = (address: number): Promise<number[]> => line.request(1, readRegisters(3, address, 1), soon());

  afterEach(async () => {
    await line.close();
    await close();
  });

  /** Each request is answered; they may arrive several in one piece. */
  const each = (data: Buffer, take: (request: Buffer) => void): void => {
    for (let at = 0; at + 12 <= data.length; at += 12) take(data.subarray(at, at + 12));
  };

  it('tells answers apart that arrive in one segment and in another order', async () => {
    const held: Buffer[] = [];
    await open((data, socket) => {
      each(data, (request) => { held.push(mbap(request.readUInt16BE(0), 1, goodPdu(request))); });
      if (held.length === 4) socket.write(Buffer.concat(held.splice(0).reverse()));
    }, { maxInFlight: 4 });
    assert.deepEqual(await Promise.all([1, 2, 3, 4].map(ask)), [1, 2, 3, 4].map((address) => [valueAt(address)]));
  });

  it('never has more out than it may, and one by default', async () => {
    for (const maxInFlight of [1, 5]) {
      let out = 0;
      let most = 0;
      await open((data, socket) => {
        each(data, (request) => {
          most = Math.max(most, out += 1);
          setTimeout(() => { out -= 1; socket.write(mbap(request.readUInt16BE(0), 1, goodPdu(request))); }, 5);
        });
      }, { maxInFlight });
      await Promise.all(Array.from({ length: 20 }, (_, address) => ask(address)));
      assert.equal(most, maxInFlight);
      await line.close();
      await close();
    }
    await open(() => undefined);
  });

  it('goes past 256 transactions, where their numbers begin anew', async () => {
    await open((data, socket) => { each(data, (request) => { socket.write(mbap(request.readUInt16BE(0), 1, goodPdu(request))); }); }, { maxInFlight: 16 });
    for (let round = 0; round < 20; round += 1) {
      const addresses = Array.from({ length: 100 }, (_, index) => round * 100 + index);
      assert.deepEqual(await Promise.all(addresses.map(ask)), addresses.map((address) => [valueAt(address)]));
    }
    assert.equal(line.stats().errors, 0);
  });

  it('refuses an echo of another address, another value, and one that is cut', async () => {
    const echoes = [[5, 0, 9, 0xff, 0], [5, 0, 3, 0, 0], [5, 0, 3, 0xff], [5, 0, 3, 0xff, 0, 0], [6, 0, 3, 0xff, 0]];
    await open((request, socket) => { socket.write(mbap(request.readUInt16BE(0), 1, echoes[0] ?? [])); });
    for (; echoes.length > 0; echoes.shift()) {
      assert.equal(await codeOf(line.request(1, writeSingle(5, 3, 0xff00), soon('command'))), 'ANSWER_INVALID', `echo ${String(echoes[0])}`);
    }
  });

  it('settles everything that is out or waits when it is closed', async () => {
    await open(() => undefined, { maxInFlight: 3, timeoutMs: 5000 });
    const codes = Promise.all(Array.from({ length: 30 }, (_, address) => codeOf(ask(address))));
    await line.close();
    assert.deepEqual(new Set(await codes), new Set(['LINE_DOWN']));
    assert.equal(await codeOf(ask(0)), 'LINE_DOWN');
  });

  it('delivers the right value or an error, whatever arrives', async () => {
    type Mishap = (request: Buffer, pdu: number[], noise: readonly number[]) => Buffer[];
    const mishaps: Record<string, Mishap> = {
      good: (request, pdu) => [mbap(request.readUInt16BE(0), 1, pdu)],
      'wrong unit': (request, pdu) => [mbap(request.readUInt16BE(0), 2, pdu)],
      'wrong function': (request, pdu) => [mbap(request.readUInt16BE(0), 1, [4, ...pdu.slice(1)])],
      'wrong count': (request, pdu) => [mbap(request.readUInt16BE(0), 1, [3, 4, ...pdu.slice(2), 0, 0])],
      'count that lies': (request, pdu) => [mbap(request.readUInt16BE(0), 1, [3, 200, ...pdu.slice(2)])],
      short: (request) => [mbap(request.readUInt16BE(0), 1, [3])],
      empty: (request) => [mbap(request.readUInt16BE(0), 1, [])],
      'of another request': (request, pdu) => [mbap((request.readUInt16BE(0) + 100) & 0xff, 1, pdu)],
      twice: (request, pdu) => [Buffer.concat([mbap(request.readUInt16BE(0), 1, pdu), mbap(request.readUInt16BE(0), 1, pdu)])],
      'in pieces': (request, pdu) => [...mbap(request.readUInt16BE(0), 1, pdu)].map((byte) => Buffer.from([byte])),
      cut: (request, pdu) => [mbap(request.readUInt16BE(0), 1, pdu).subarray(0, 9)],
      noise: (_request, _pdu, noise) => [Buffer.from(noise)],
      'noise before': (request, pdu, noise) => [Buffer.from(noise), mbap(request.readUInt16BE(0), 1, pdu)],
      exception: (request) => [mbap(request.readUInt16BE(0), 1, [0x83, 2])],
      nothing: () => [],
    };
    let plan: { mishap: Mishap; noise: readonly number[] } = { mishap: mishaps['good'] as Mishap, noise: [] };
    await open((data, socket) => {
      each(data, (request) => { for (const piece of plan.mishap(request, goodPdu(request), plan.noise)) socket.write(piece); });
    }, { timeoutMs: 10 });
    let address = 0;
    let right = 0;
    await fc.assert(fc.asyncProperty(
      fc.constantFrom(...Object.keys(mishaps)), fc.array(fc.nat(255), { minLength: 1, maxLength: 20 }),
      async (name, noise) => {
        plan = { mishap: mishaps[name] as Mishap, noise };
        address = (address + 1) & 0xffff;
        try {
          assert.deepEqual(await ask(address), [valueAt(address)], name);
          right += 1;
        } catch (error) {
          assert.ok(isMcError(error, 'LINE_DOWN', 'LINE_TIMEOUT', 'LINE_EXCEPTION', 'ANSWER_INVALID'), `${name}: ${String(error)}`);
          // The next one shall have a line that is in step again: after a silence only an answer brings it back.
          plan = { mishap: mishaps['good'] as Mishap, noise: [] };
          if (line.state !== 'up') await until(() => line.state === 'up');
        }
      },
    ), { numRuns: 500 });
    assert.ok(right > 40, `only ${right} answers were good`);
    plan = { mishap: mishaps['good'] as Mishap, noise: [] };
    await until(() => line.state === 'up');
    for (let attempt = 0; attempt < 4 && await codeOf(ask(1)) !== 'fine'; attempt += 1) await until(() => line.state === 'up');
    assert.deepEqual(await ask(1), [valueAt(1)]);
    const { queued, inFlight } = line.stats();
    assert.deepEqual({ queued, inFlight }, { queued: 0, inFlight: 0 });
  });
});
