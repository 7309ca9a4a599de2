/** What breaks lines in the field, made on real sockets: resets, dead hosts, wrong check sums, other transports. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import { Controller } from '../../nodes/field/controller';
import { Line } from '../../nodes/field/line';
import type { LineSettings } from '../../nodes/field/line-settings';
import { readBits, readRegisters, writeSingle } from '../../nodes/field/modbus-pdu';
import { resolveProfile } from '../../nodes/field/profile';
import { FaultProxy } from '../support/fault-proxy';
import { describeWithPymodbus, type ModbusPeer, startModbusPeer } from '../support/modbus-peer';
import { codeOf, LINE, rtu, scriptedDevice, soon, until } from './line-fixture';

describeWithPymodbus('a line under faults', () => {
  const lines: Line[] = [];
  const ends: (() => Promise<unknown>)[] = [];

  async function open(over: Partial<LineSettings>): Promise<Line> {
    const line = new Line({ ...LINE, ...over });
    lines.push(line);
    line.open();
    await until(() => line.state === 'up', 'the line');
    return line;
  }

  afterEach(async () => {
    await Promise.all(lines.splice(0).map((line) => line.close()));
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function device(answer: (request: Buffer, socket: Socket) => void): Promise<number> {
    const { port, close } = await scriptedDevice(answer);
    ends.push(close);
    return port;
  }

  describe('of the connection', () => {
    let peer: ModbusPeer;
    let proxy: FaultProxy;

    before(async () => { peer = await startModbusPeer(); });
    after(() => peer.stop());
    beforeEach(async () => {
      await peer.reset();
      proxy = await FaultProxy.start(peer.port);
      ends.push(() => proxy.close());
    });

    for (const how of ['cut', 'reset'] as const) {
      it(`comes back after a ${how}, and what was open settles at once`, async () => {
        const line = await open({ port: proxy.port, timeoutMs: 4000 });
        proxy.silence();
        const from = performance.now();
        const pending = codeOf(line.request(1, readBits(2, 0, 8), { priority: 'door', deadlineAt: Date.now() + 9000 }));
        setTimeout(() => { proxy.heal(); proxy[how](); }, 50);
        assert.equal(await pending, 'LINE_DOWN');
        assert.ok(performance.now() - from < 2000, 'it waited for its timeout');
        await until(() => line.state === 'up' && line.stats().connects === 2, 'the second connection');
        assert.equal((await line.request(1, readBits(2, 0, 8), soon())).length, 8);
      });

      it(`comes back after a ${how} while nothing was asked`, async () => {
        const line = await open({ port: proxy.port });
        await line.request(1, readBits(2, 0, 8), soon());
        proxy[how]();
        await until(() => line.stats().connects === 2 && line.state === 'up', 'the second connection');
        assert.equal((await line.request(1, readBits(2, 0, 8), soon())).length, 8);
      });
    }

    it('comes back when a device returns after being away', async () => {
      const line = await open({ port: proxy.port });
      await proxy.vanish();
      await until(() => line.state === 'down');
      await new Promise((resolve) => setTimeout(resolve, 250));
      await proxy.restore();
      await until(() => line.state === 'up');
      assert.equal((await line.request(1, readBits(2, 0, 8), soon())).length, 8);
    });

    it('finds a half-open connection within three polls', async () => {
      const line = await open({ port: proxy.port, timeoutMs: 60 });
      proxy.silence();
      for (let poll = 0; poll < 3; poll += 1) assert.match(await codeOf(line.request(1, readBits(2, 0, 8), soon())), /LINE_TIMEOUT|LINE_DOWN/);
      proxy.heal();
      await until(() => line.stats().connects === 2);
      assert.equal((await line.request(1, readBits(2, 0, 8), soon())).length, 8);
    });

    it('takes an answer that is late on tcp for nobody\'s', async () => {
      await peer.set(1, 'holding', 0, [111, 222]);
      const line = await open({ port: proxy.port, timeoutMs: 100 });
      proxy.faults.down.delayMs = 150;
      assert.equal(await codeOf(line.request(1, readRegisters(3, 0, 1), soon())), 'LINE_TIMEOUT');
      proxy.faults.down.delayMs = 0;
      assert.deepEqual(await line.request(1, readRegisters(3, 1, 1), soon()), [222]);
    });

    it('keeps three connections of garbled bytes from delivering anything', async () => {
      const line = await open({ port: proxy.port, timeoutMs: 60 });
      proxy.faults.down.garble = (chunk) => [Buffer.from(chunk.map((byte) => byte ^ 0xff))];
      for (let poll = 0; poll < 3; poll += 1) assert.notEqual(await codeOf(line.request(1, readBits(2, 0, 8), soon())), 'fine');
      proxy.heal();
      await until(() => line.state === 'up');
      await until(() => line.stats().inFlight === 0);
      assert.equal((await line.request(1, readBits(2, 0, 8), soon())).length, 8);
    });

    it('goes on though a listener throws', async () => {
      const line = new Line({ ...LINE, port: proxy.port });
      lines.push(line);
      const seen: string[] = [];
      line.onState((state) => { if (state === 'up') throw new Error('a listener of somebody'); });
      line.onState((state) => { seen.push(state); });
      line.open();
      await until(() => line.state === 'up');
      await new Promise((resolve) => setTimeout(resolve, 250));
      assert.equal(proxy.connections, 1);
      assert.deepEqual(seen, ['down', 'connecting', 'up']);
    });

    it('joins polls under one key only where they ask the same', async () => {
      await peer.set(1, 'holding', 0, [111, 222]);
      const line = await open({ port: proxy.port });
      proxy.faults.down.delayMs = 30;
      const first = line.request(1, readRegisters(3, 5, 1), soon());
      const one = line.request(1, readRegisters(3, 0, 1), { ...soon(), key: 'reader 1' });
      const other = line.request(1, readRegisters(3, 1, 1), { ...soon(), key: 'reader 1' });
      await first;
      assert.deepEqual(await Promise.all([one, other]), [[111], [222]]);
    });

    it('keeps a request without a real deadline in the queue', async () => {
      const line = await open({ port: proxy.port });
      proxy.faults.down.delayMs = 30;
      const first = line.request(1, readBits(2, 0, 8), soon());
      const endless = line.request(1, readBits(2, 0, 4), { priority: 'other', deadlineAt: Infinity });
      await first;
      assert.equal((await endless).length, 4);
    });

    it('bounds commands, too', async () => {
      const line = await open({ port: proxy.port, timeoutMs: 1000 });
      proxy.silence();
      const codes = Array.from({ length: 400 }, () => codeOf(line.request(1, writeSingle(5, 0, 0), soon('command'))));
      await line.close();
      assert.ok((await Promise.all(codes)).includes('QUEUE_FULL'));
    });
  });

  it('closes within two seconds while it is still connecting', async () => {
    // A listener that never takes a connection, its backlog filled: the next one gets no answer at all.
    const child = spawn('/usr/bin/python3', ['-c', 'import socket,sys\ns=socket.socket(); s.bind(("127.0.0.1",0)); s.listen(0); print(s.getsockname()[1],flush=True)\nk=[socket.socket() for _ in range(3)]\nfor c in k: c.setblocking(False); c.connect_ex(s.getsockname())\nsys.stdin.read()']);
    const port = Number(await new Promise((resolve) => { child.stdout.once('data', (chunk: Buffer) => { resolve(chunk.toString()); }); }));
    ends.push(async () => { child.stdin.end(); });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const line = new Line({ ...LINE, port });
    line.open();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(line.state, 'connecting');
    const from = performance.now();
    await line.close();
    assert.ok(performance.now() - from < 2000, `it took ${performance.now() - from} ms`);
  });

  describe('with RTU frames on a socket', () => {
    it('reads, and refuses a frame whose check sum is wrong', async () => {
      let broken = false;
      const port = await device((_request, socket) => {
        const frame = rtu([1, 3, 2, 0x12, 0x34]);
        if (broken) frame[4] = 0x35;
        socket.write(frame);
      });
      const line = await open({ transport: 'rtu-tcp', port });
      assert.deepEqual(await line.request(1, readRegisters(3, 0, 1), soon()), [0x1234]);
      broken = true;
      assert.equal(await codeOf(line.request(1, readRegisters(3, 0, 1), soon())), 'ANSWER_INVALID');
    });

    it('waits after a timeout until a late answer can no longer be taken for another', async () => {
      const port = await device((request, socket) => {
        const address = request.readUInt16BE(2);
        const frame = rtu([1, 3, 2, 0, address === 0 ? 0x11 : 0x22]);
        setTimeout(() => { socket.write(frame); }, address === 0 ? 150 : 0);
      });
      const line = await open({ transport: 'rtu-tcp', port, timeoutMs: 100 });
      const first = codeOf(line.request(1, readRegisters(3, 0, 1), soon()));
      const second = line.request(1, readRegisters(3, 1, 1), soon());
      assert.equal(await first, 'LINE_TIMEOUT');
      assert.deepEqual(await second, [0x22]);
    });
  });

  describe('over UDP', () => {
    it('reads, also with the very first request, and leaves no socket behind', async () => {
      const device = createSocket('udp4');
      device.on('message', (request, from) => {
        device.send(Buffer.concat([request.subarray(0, 4), Buffer.from([0, 5, request[6] ?? 0, 3, 2, 0x12, 0x34])]), from.port, from.address);
      });
      await new Promise<void>((resolve) => { device.bind(0, '127.0.0.1', resolve); });
      ends.push(() => new Promise<void>((resolve) => { device.close(() => { resolve(); }); }));
      const udpHandles = () => process.getActiveResourcesInfo().filter((name) => name === 'UDPWrap').length;
      const before = udpHandles();
      const line = await open({ transport: 'udp', port: device.address().port });
      assert.deepEqual(await line.request(1, readRegisters(3, 0, 1), soon()), [0x1234]);
      await line.close();
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(udpHandles(), before);
    });
  });

  it('takes no value from a datagram that was cut, and none from another sender', async () => {
    const udp = createSocket('udp4');
    const stranger = createSocket('udp4');
    ends.push(() => new Promise<void>((resolve) => { udp.close(() => { stranger.close(() => { resolve(); }); }); }));
    let cut = true;
    udp.on('message', (request, from) => {
      const good = Buffer.concat([request.subarray(0, 4), Buffer.from([0, 5, 1, 3, 2, 0x12, 0x34])]);
      if (!cut) stranger.send(Buffer.concat([good.subarray(0, 9), Buffer.from([0x66, 0x66])]), from.port, from.address);
      setTimeout(() => { udp.send(cut ? good.subarray(0, 9) : good, from.port, from.address); }, 20);
    });
    await new Promise<void>((resolve) => { udp.bind(0, '127.0.0.1', resolve); });
    const line = await open({ transport: 'udp', port: udp.address().port });
    assert.equal(await codeOf(line.request(1, readRegisters(3, 0, 1), soon())), 'ANSWER_INVALID');
    cut = false;
    assert.deepEqual(await line.request(1, readRegisters(3, 0, 1), soon()), [0x1234]);
  });

  describe('asked by a controller', () => {
    it('polls the inputs once for all doors, at the fastest pace, and not while one poll is out', async () => {
      const peer = await startModbusPeer();
      ends.push(() => peer.stop());
      const line = await open({ port: peer.port, timeoutMs: 1000 });
      const controller = new Controller(line, 1, resolveProfile('waveshare-io-8', undefined));
      const counts = [0, 0, 0];
      const stops = [20, 200, 5000].map((pollMs, index) => controller.watchInputs(pollMs, () => {
        counts[index] = (counts[index] ?? 0) + 1;
        if (index === 0) throw new Error('a listener of somebody');
      }, (error) => { throw error; }));
      await until(() => (counts[2] ?? 0) >= 5);
      assert.equal(counts[0], counts[2], 'all hear of every poll');
      assert.equal((await peer.seen()).length - (counts[0] ?? 0) <= 2, true);
      await peer.fault({ late: 0.2 });
      await new Promise((resolve) => setTimeout(resolve, 60));
      const before = (await peer.seen()).length;
      await new Promise((resolve) => setTimeout(resolve, 450));
      assert.ok((await peer.seen()).length - before <= 4, 'polls piled up');
      for (const stop of stops) stop();
      controller.close();
    });

    it('reads back a relay board that takes commands and answers 0 or 1', async () => {
      const peer = await startModbusPeer();
      ends.push(() => peer.stop());
      const line = await open({ port: peer.port });
      const controller = new Controller(line, 1, resolveProfile('eletechsup-r421a08', undefined));
      const at = Date.now() + 1000;
      await controller.pulse(2, 3000, at);
      await controller.setOutput(3, true, at);
      assert.deepEqual((await peer.seen()).map(([, pdu]) => pdu), ['0600020603', '0600030100']);
      await peer.set(1, 'holding', 1, [0, 1]);
      assert.equal(await controller.readOutput(1, at), false);
      assert.equal(await controller.readOutput(2, at), true);
      controller.close();
    });

    it('shares no strike, and says why a device is not armed', async () => {
      const line = new Line(LINE);
      const waveshare = new Controller(line, 1, resolveProfile('waveshare-io-8', undefined));
      const release = waveshare.claimOutput(1, 'Front');
      assert.throws(() => waveshare.claimOutput(1, 'Back'), (error: unknown) => (error as { code?: string }).code === 'STRIKE_SHARED' && /Front/.test(String(error)));
      release();
      waveshare.claimOutput(1, 'Back')();
      assert.throws(() => waveshare.claimOutput(9, 'Front'), { code: 'CHANNEL_UNKNOWN' });
      assert.throws(() => { waveshare.checkInput(9); }, { code: 'CHANNEL_UNKNOWN' });
      assert.equal(waveshare.whyNotArmed(1, false), null);
      const inveo = new Controller(line, 3, resolveProfile('inveo-rfid-ind', undefined));
      assert.match(String(inveo.whyNotArmed(1, false)), /hostPulse/);
      assert.equal(inveo.whyNotArmed(1, true), null);
    });

    it('writes nothing to an output that the device does not have', async () => {
      const peer = await startModbusPeer();
      ends.push(() => peer.stop());
      const line = await open({ port: peer.port });
      const controller = new Controller(line, 1, resolveProfile('waveshare-io-8', undefined));
      const at = Date.now() + 1000;
      for (const output of [0, 9, 1.5]) {
        assert.equal(await codeOf(controller.pulse(output, 3000, at)), 'CHANNEL_UNKNOWN');
        assert.equal(await codeOf(controller.setOutput(output, true, at)), 'CHANNEL_UNKNOWN');
        assert.equal(await codeOf(controller.readOutput(output, at)), 'CHANNEL_UNKNOWN');
      }
      assert.deepEqual(await peer.seen(), []);
      controller.close();
    });
  });
});
