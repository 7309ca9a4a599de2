/** How soon a line notices that it is gone, and how soon it is back. Times are limits of the line itself, with room for a busy machine. */
import assert from 'node:assert/strict';
import { createServer, type Server, type Socket } from 'node:net';
import { Line } from '../../nodes/field/line';
import { readBits } from '../../nodes/field/modbus-pdu';
import { FaultProxy } from '../support/fault-proxy';
import { codeOf, LINE, mbap, scriptedDevice, until } from './line-fixture';

const POLL_MS = 50;

describe('a line that is lost', function () {
  this.timeout(30_000);
  const ends: (() => unknown)[] = [];

  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  const answers = (data: Buffer, socket: Socket): void => {
    for (let at = 0; at + 12 <= data.length; at += 12) socket.write(mbap(data.readUInt16BE(at), data[at + 6] ?? 1, [2, 1, 0]));
  };

  function open(port: number, over: Partial<typeof LINE> = {}): Line {
    const line = new Line({ ...LINE, port, timeoutMs: 500, ...over });
    ends.push(() => line.close());
    line.open();
    return line;
  }

  /** Polls as a door does; tells of each good one. */
  function poll(line: Line): { good: number[]; states: string[] } {
    const good: number[] = [];
    const states: string[] = [];
    line.onState((state) => { states.push(state); });
    let busy = false;
    const timer = setInterval(() => {
      if (busy || line.state !== 'up') return;
      busy = true;
      line.request(1, readBits(2, 0, 8), { priority: 'door', deadlineAt: Date.now() + 1000, everyMs: POLL_MS, key: 'inputs' })
        .then(() => { good.push(performance.now()); }, () => undefined).finally(() => { busy = false; });
    }, POLL_MS);
    ends.push(() => { clearInterval(timer); });
    return { good, states };
  }

  async function proxied(): Promise<FaultProxy> {
    const device = await scriptedDevice(answers);
    ends.push(device.close);
    const proxy = await FaultProxy.start(device.port);
    ends.push(() => proxy.close());
    return proxy;
  }

  it('without a word is noticed within three poll periods, and stays down until something answers', async () => {
    const proxy = await proxied();
    const line = open(proxy.port);
    const { good, states } = poll(line);
    await until(() => good.length > 20);
    proxy.silence();
    const from = performance.now();
    await until(() => line.state === 'down');
    const tookMs = performance.now() - from;
    assert.ok(tookMs <= 3 * POLL_MS + 100, `noticed after ${Math.round(tookMs)} ms`);
    const before = good.length;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.equal(good.length, before);
    assert.deepEqual(states.slice(-1), ['down'], 'a host that takes connections and says nothing is no line');
    proxy.heal();
    await until(() => good.length > before + 3, 'its return');
  });

  it('is back within 250 ms of the device, also after seconds', async () => {
    let device = await scriptedDevice(answers);
    const { port } = device;
    const line = open(port);
    const { good } = poll(line);
    for (const awayMs of [0, 400, 3000]) {
      await until(() => good.length > 3);
      await device.close();
      await new Promise((resolve) => setTimeout(resolve, awayMs));
      good.length = 0;
      device = await again(port);
      const from = performance.now();
      await until(() => good.length > 0);
      const tookMs = (good[0] ?? 0) - from;
      assert.ok(tookMs <= 250 + 100, `after ${awayMs} ms away it took ${Math.round(tookMs)} ms`);
    }
    await device.close();
  });

  /** The same device on the same port. */
  async function again(port: number): Promise<{ port: number; close: () => Promise<unknown> }> {
    const sockets = new Set<Socket>();
    const server: Server = createServer({ noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', (data) => { answers(data, socket); });
    });
    await new Promise<void>((resolve) => { server.listen(port, '127.0.0.1', resolve); });
    return { port, close: () => new Promise((resolve) => { for (const socket of sockets) socket.destroy(); server.close(resolve); }) };
  }

  it('is not taken for lost because one device of several is gone', async () => {
    let gone = false;
    const device = await scriptedDevice((data, socket) => {
      for (let at = 0; at + 12 <= data.length; at += 12) {
        const request = data.subarray(at, at + 12);
        if (!(gone && request[6] === 2)) answers(request, socket);
      }
    });
    ends.push(device.close);
    const line = open(device.port, { timeoutMs: 100 });
    const ask = (unit: number): Promise<string> => codeOf(line.request(unit, readBits(2, 0, 8), { priority: 'door', deadlineAt: Date.now() + 2000, everyMs: POLL_MS }));
    await until(() => line.state === 'up');
    for (let round = 0; round < 5; round += 1) assert.deepEqual([await ask(1), await ask(2)], ['fine', 'fine']);
    gone = true;
    await ask(2);
    await until(() => line.state === 'up');
    const { connects } = line.stats();
    for (let round = 0; round < 5; round += 1) assert.deepEqual([await ask(1), await ask(2)], ['fine', 'LINE_TIMEOUT']);
    assert.equal(line.stats().connects, connects);
  });

  it('is given up for no device that is only slow, once that is known', async () => {
    let waitMs = 0;
    const device = await scriptedDevice((data, socket) => { setTimeout(() => { answers(data, socket); }, waitMs); });
    ends.push(device.close);
    const line = open(device.port);
    const { good } = poll(line);
    await until(() => good.length > 10);
    waitMs = 300;
    await until(() => good.length > 30 && line.state === 'up', 'polls of a slow device').catch(() => undefined);
    const before = line.stats().connects;
    await new Promise((resolve) => setTimeout(resolve, 2500));
    assert.ok(line.stats().connects - before <= 1, `${line.stats().connects - before} connections more`);
    assert.ok(good.length > 12);
  });

  it('comes back a hundred times, and has one connection, one timer and no listener more than at first', async () => {
    const sockets = new Set<Socket>();
    const server = createServer({ noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => { sockets.delete(socket); });
      socket.on('data', (data) => { answers(data, socket); });
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    ends.push(() => new Promise((resolve) => { for (const socket of sockets) socket.destroy(); server.close(resolve); }));
    const line = open((server.address() as { port: number }).port);
    const ask = (): Promise<string> => codeOf(line.request(1, readBits(2, 0, 8), { priority: 'door', deadlineAt: Date.now() + 1000 }));
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    await until(() => line.state === 'up');
    await ask();
    const before = timers();
    for (let round = 1; round <= 100; round += 1) {
      for (const socket of sockets) socket.resetAndDestroy();
      await until(() => line.stats().connects > round && line.state === 'up', `connection ${round}`);
      assert.equal(await ask(), 'fine');
    }
    await until(() => sockets.size === 1, 'one connection');
    assert.ok(timers() - before <= 2, `${timers()} timers, ${before} at first`);
    await line.close();
    await until(() => sockets.size === 0, 'none after closing');
  });

  it('tries for ever and leaves nothing behind', async () => {
    const line = open(1);
    let downs = 0;
    line.onState((state) => { if (state === 'down') downs += 1; });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const tries = line.stats();
    assert.deepEqual([tries.queued, tries.inFlight, tries.connects], [0, 0, 0]);
    assert.ok(downs >= 1);
    assert.equal(await codeOf(line.request(1, readBits(2, 0, 1), { priority: 'door', deadlineAt: Date.now() + 1000 })), 'LINE_DOWN');
  });
});
