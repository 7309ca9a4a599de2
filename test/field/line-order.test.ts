/** What goes first on a line, what goes together, and how much at once: seen from a device that takes its time. */
import assert from 'node:assert/strict';
import { Controller } from '../../nodes/field/controller';
import type { DeviceLimits, RequestOptions } from '../../nodes/field/controller-port';
import { Line } from '../../nodes/field/line';
import { readBits, readRegisters, writeSingle } from '../../nodes/field/modbus-pdu';
import { resolveProfile } from '../../nodes/field/profile';
import { codeOf, LINE, mbap, scriptedDevice, until } from './line-fixture';

const SERVICE_MS = 5;

describe('the order on a line', () => {
  let line: Line;
  let close: () => Promise<unknown>;
  /** Function, address and count or value of what arrived, in order. */
  let seen: string[];
  let out = 0;
  let most = 0;
  let holes: number[] = [];

  async function open(over: Partial<typeof LINE> = {}): Promise<void> {
    seen = [];
    out = most = 0;
    const device = await scriptedDevice((data, socket) => {
      for (let at = 0; at + 12 <= data.length; at += 12) {
        const request = Buffer.from(data.subarray(at, at + 12));
        const [unit, fc, address, value] = [request[6] ?? 0, request[7] ?? 0, request.readUInt16BE(8), request.readUInt16BE(10)];
        seen.push(`${unit}: ${fc} ${address} ${value}`);
        most = Math.max(most, out += 1);
        setTimeout(() => {
          out -= 1;
          const broken = fc < 5 && holes.some((hole) => hole >= address && hole < address + value);
          const pdu = broken ? [fc | 0x80, 2]
            : fc === 2 ? [2, Math.ceil(value / 8), ...Array.from({ length: Math.ceil(value / 8) }, (_, byte) => bitsOf(address + byte * 8, Math.min(8, value - byte * 8)))]
              : fc === 3 ? [3, value * 2, ...Array.from({ length: value }, (_, index) => [(address + index) >> 8, (address + index) & 0xff]).flat()]
                : [...request.subarray(7)];
          socket.write(mbap(request.readUInt16BE(0), unit, pdu));
        }, SERVICE_MS);
      }
    });
    close = device.close;
    line = new Line({ ...LINE, port: device.port, timeoutMs: 1000, ...over });
    line.open();
    await until(() => line.state === 'up');
  }

  /** Every third input is on. */
  const isOn = (address: number): boolean => address % 3 === 0;
  function bitsOf(address: number, count: number): number {
    return Array.from({ length: count }, (_, bit) => (isOn(address + bit) ? 1 << bit : 0)).reduce((sum, bit) => sum + bit, 0);
  }

  const JOIN: DeviceLimits = { maxInFlight: 1, join: { bits: 24, registers: 10 } };
  const how = (priority: RequestOptions['priority'], over: Partial<RequestOptions> = {}): RequestOptions =>
    ({ priority, deadlineAt: Date.now() + 3000, ...over });

  beforeEach(() => { holes = []; });
  afterEach(async () => {
    await line.close();
    await close();
  });

  it('is command, handshake, reader, door input, the rest, whatever came first', async () => {
    await open();
    const first = line.request(1, readBits(2, 900, 1), how('door'));
    const all = [
      line.request(1, readRegisters(3, 5, 1), how('other')), line.request(1, readBits(2, 4, 1), how('door')),
      line.request(1, readRegisters(3, 3, 1), how('reader')), line.request(1, writeSingle(5, 2, 0), how('handshake')),
      line.request(1, writeSingle(5, 1, 0xff00), how('command')),
    ];
    await Promise.all([first, ...all]);
    assert.deepEqual(seen, ['1: 2 900 1', '1: 5 1 65280', '1: 5 2 0', '1: 3 3 1', '1: 2 4 1', '1: 3 5 1']);
  });

  it('puts a command ahead of everything that waits, however much that is', async () => {
    await open();
    const polls = Array.from({ length: 100 }, (_, index) => line.request(1, readBits(2, index * 10, 8), how('reader')));
    await line.request(1, writeSingle(5, 7, 0xff00), how('command'));
    assert.ok(seen.length <= 3, `${seen.length} requests were sent until the command was answered`);
    assert.equal(seen[1], '1: 5 7 65280');
    await Promise.all(polls);
  });

  it('waits a moment for the command that an answer may cause', async () => {
    await open();
    const waiting = [1, 2, 3].map((address) => line.request(1, readBits(2, address * 100, 8), how('reader')));
    await line.request(1, readBits(2, 0, 8), how('handshake')).then(() => { line.expectCommand(); });
    // As a flow would: not in the same turn.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    await line.request(1, writeSingle(5, 7, 0xff00), how('command'));
    assert.deepEqual(seen.slice(0, 3), ['1: 2 100 8', '1: 2 0 8', '1: 5 7 65280']);
    await Promise.all(waiting);
  });

  it('reads adjacent addresses of a unit in one request where the profile allows, and hands each its own', async () => {
    await open();
    const first = line.request(1, readBits(2, 900, 1), how('reader', { device: JOIN }));
    const parts = [
      line.request(1, readBits(2, 8, 8), how('door', { device: JOIN })), line.request(1, readBits(2, 0, 8), how('door', { device: JOIN })),
      line.request(1, readBits(2, 12, 8), how('door', { device: JOIN })),
      line.request(1, readBits(2, 40, 8), how('door', { device: JOIN })),
      line.request(2, readBits(2, 20, 4), how('door', { device: JOIN })),
      line.request(1, readBits(2, 20, 8), how('door')),
    ];
    const [a, b, c, d, e, f] = await Promise.all(parts);
    await first;
    assert.deepEqual(seen.slice(1), ['1: 2 0 20', '1: 2 40 8', '2: 2 20 4', '1: 2 20 8']);
    const expected = (address: number, count: number): boolean[] => Array.from({ length: count }, (_, index) => isOn(address + index));
    assert.deepEqual([a, b, c, d, e, f], [expected(8, 8), expected(0, 8), expected(12, 8), expected(40, 8), expected(20, 4), expected(20, 8)]);
  });

  it('joins no more than the device allows, and no writes', async () => {
    await open();
    const first = line.request(1, readBits(2, 900, 1), how('reader'));
    const registers = [0, 4, 8].map((address) => line.request(1, readRegisters(3, address, 4), how('reader', { device: JOIN })));
    assert.deepEqual(await Promise.all(registers), [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]);
    await first;
    assert.deepEqual(seen.slice(1), ['1: 3 0 8', '1: 3 8 4']);
  });

  it('asks one by one where the device refuses to be asked together', async () => {
    holes = [8];
    await open();
    const ask = async (): Promise<string[]> => {
      const first = line.request(1, readBits(2, 900, 1), how('reader'));
      const codes = [0, 8, 16].map((address) => codeOf(line.request(1, readBits(2, address, 8), how('door', { device: JOIN }))));
      await first;
      return Promise.all(codes);
    };
    assert.deepEqual(await ask(), ['fine', 'LINE_EXCEPTION', 'fine']);
    assert.deepEqual(seen.slice(1), ['1: 2 0 24', '1: 2 0 8', '1: 2 8 8', '1: 2 16 8']);
    seen.length = 0;
    assert.deepEqual(await ask(), ['fine', 'LINE_EXCEPTION', 'fine']);
    assert.deepEqual(seen.slice(1), ['1: 2 0 8', '1: 2 8 8', '1: 2 16 8'], 'once is enough');
  });

  it('has out at once what the line allows, and of each device what its profile allows', async () => {
    await open({ maxInFlight: 4 });
    const two: DeviceLimits = { maxInFlight: 2, join: null };
    await Promise.all(Array.from({ length: 20 }, (_, index) => line.request(1, readBits(2, index * 10, 8), how('other', { device: two }))));
    assert.equal(most, 2);
    await Promise.all(Array.from({ length: 20 }, (_, index) => line.request(1 + index % 5, readBits(2, index * 10, 8), how('other', { device: two }))));
    assert.equal(most, 4);
  });

  it('polls a door in use at its pace, and the others slower, where more is asked than there is', async () => {
    await open();
    const overrides = (address: number): object => ({ inputs: { fc: 2, address, count: 8 }, outputs: { kind: 'coil', address: address / 16, count: 1 } });
    const doors = Array.from({ length: 14 }, (_, index) => new Controller(line, 1, resolveProfile('generic', overrides(index * 16))));
    const polls = doors.map(() => [] as number[]);
    const stops = doors.map((door, index) => door.watchInputs(50, () => { polls[index]?.push(performance.now()); }, () => undefined));
    for (const door of doors) await door.setOutput(1, false, Date.now() + 1000);
    await doors[0]?.setOutput(1, true, Date.now() + 1000);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    for (const stop of stops) stop();
    for (const door of doors) door.close();
    const gaps = (times: number[]): number => Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? 0)));
    assert.ok((polls[0]?.length ?? 0) >= 36, `the door in use was polled ${polls[0]?.length ?? 0} times in 2 s`);
    const others = polls.slice(1).map((times) => times.length);
    assert.ok(Math.min(...others) >= 12, `some are starved: ${String(others)}`);
    assert.ok(Math.max(...others) < (polls[0]?.length ?? 0), `the others keep their pace too: ${String(others)}`);
    assert.ok(gaps(polls[0] ?? []) < 150);
    const usual = (polls[0] ?? []).slice(1).map((time, index) => time - (polls[0]?.[index] ?? 0)).sort((a, b) => a - b)[18] ?? Infinity;
    assert.ok(usual < 60, `the door in use was usually polled every ${usual} ms`);
    assert.ok(line.stats().load > 1, `load ${line.stats().load}`);
  });
});
