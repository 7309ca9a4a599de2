/** RTU frames, on a socket and on a serial port (a pty), against pymodbus. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller } from '../../nodes/field/controller';
import { Line } from '../../nodes/field/line';
import type { LineSettings } from '../../nodes/field/line-settings';
import { readBits, readRegisters } from '../../nodes/field/modbus-pdu';
import { resolveProfile } from '../../nodes/field/profile';
import { describeWithPymodbus, type ModbusPeer, startModbusPeer } from '../support/modbus-peer';
import { codeOf, LINE, rtu, scriptedDevice, soon, until } from './line-fixture';

const HAS_SOCAT = spawnSync('socat', ['-V']).status === 0;

for (const transport of ['rtu-tcp', 'serial'] as const) {
  describe(`a line over ${transport}, against pymodbus`, function () {
    let peer: ModbusPeer;
    let folder: string;
    let pty: string;
    let line: Line;
    let bridge: ReturnType<typeof spawn> | null = null;

    const plug = async (): Promise<void> => {
      if (transport !== 'serial') return;
      bridge = spawn('socat', [`pty,raw,echo=0,link=${pty}`, `tcp:127.0.0.1:${peer.rtuPort}`], { stdio: 'ignore' });
      await until(() => existsSync(pty), 'the pty');
    };
    const unplug = async (): Promise<void> => {
      if (bridge === null) return;
      const ended = once(bridge, 'exit');
      bridge.kill();
      await ended;
      bridge = null;
      rmSync(pty, { force: true });
    };
    const open = async (over: Partial<LineSettings> = {}): Promise<void> => {
      line = new Line({ ...LINE, transport, port: peer.rtuPort, path: pty, ...over });
      line.open();
      await until(() => line.state === 'up', 'the line');
    };

    before(async function () {
      if (transport === 'serial' && !HAS_SOCAT) this.skip();
      folder = mkdtempSync(join(tmpdir(), 'mc-line-'));
      pty = join(folder, 'pty');
      peer = await startModbusPeer();
    });
    after(async () => {
      await peer?.stop();
      if (folder) rmSync(folder, { recursive: true, force: true });
    });
    beforeEach(async () => {
      await peer.reset();
      await plug();
    });
    afterEach(async () => {
      await line.close();
      await unplug();
    });

    it('reads, writes and sends the timed pulse', async () => {
      await open();
      await peer.set(1, 'input', 0, [true, false, true]);
      await peer.set(1, 'holding', 7, [0x1234]);
      assert.deepEqual((await line.request(1, readBits(2, 0, 8), soon())).slice(0, 3), [true, false, true]);
      assert.deepEqual(await line.request(1, readRegisters(3, 7, 1), soon()), [0x1234]);
      const controller = new Controller(line, 1, resolveProfile('waveshare-io-8', undefined));
      assert.deepEqual(await controller.pulse(3, 3000, Date.now() + 1000), { confirmed: true });
      assert.deepEqual((await peer.seen()).at(-1), [1, '050202001e']);
      await controller.setOutput(2, true, Date.now() + 1000);
      assert.equal(await controller.readOutput(2, Date.now() + 1000), true);
      controller.close();
    });

    it('sends one after the other, however many are asked at once', async () => {
      await peer.set(1, 'holding', 0, [10, 11, 12, 13, 14]);
      await open({ maxInFlight: 16 });
      const values = await Promise.all([0, 1, 2, 3, 4].map((address) => line.request(1, readRegisters(3, address, 1), soon())));
      assert.deepEqual(values, [[10], [11], [12], [13], [14]]);
    });

    it('names exceptions, a wrong echo and silence, and goes on', async () => {
      await open();
      await peer.fault({ exception: 11 });
      await assert.rejects(line.request(1, readBits(2, 0, 8), soon()), { code: 'LINE_EXCEPTION', exception: 11 });
      await peer.fault({ exception: 0, wrong_echo: true });
      const controller = new Controller(line, 1, resolveProfile('waveshare-io-8', undefined));
      assert.equal(await codeOf(controller.pulse(1, 3000, Date.now() + 1000)), 'ANSWER_INVALID');
      await peer.fault({ wrong_echo: false, silent: true });
      assert.equal(await codeOf(line.request(1, readBits(2, 0, 8), soon())), 'LINE_TIMEOUT');
      await peer.fault({ silent: false });
      assert.equal((await line.request(1, readBits(2, 0, 8), soon())).length, 8);
    });

    it('gives the port back when it closes, so that the next one can have it', async () => {
      await open();
      await line.request(1, readBits(2, 0, 8), soon());
      await line.close();
      await open();
      assert.equal((await line.request(1, readBits(2, 0, 8), soon())).length, 8);
    });

    if (transport === 'serial') {
      it('notices a port that vanishes, and comes back with it', async () => {
        await open();
        const gone = until(() => line.state === 'down', 'the loss');
        await unplug();
        await gone;
        assert.equal(await codeOf(line.request(1, readBits(2, 0, 8), soon())), 'LINE_DOWN');
        await plug();
        await until(() => line.state === 'up', 'the return');
        assert.equal((await line.request(1, readBits(2, 0, 8), soon())).length, 8);
      });
    }
  });
}

describeWithPymodbus('a line with RTU frames', () => {
  let close: () => Promise<unknown>;
  let line: Line;

  async function open(answer: Parameters<typeof scriptedDevice>[0], over: Partial<LineSettings> = {}): Promise<void> {
    const device = await scriptedDevice(answer);
    close = device.close;
    line = new Line({ ...LINE, transport: 'rtu-tcp', port: device.port, ...over });
    line.open();
    await until(() => line.state === 'up');
  }

  afterEach(async () => {
    await line.close();
    await close();
  });

  it('takes no duplicate of a former answer for the next one', async () => {
    await open((request, socket) => {
      const frame = rtu([1, 3, 2, 0, request.readUInt16BE(2) === 0 ? 0x11 : 0x22]);
      socket.write(request.readUInt16BE(2) === 0 ? Buffer.concat([frame, frame]) : frame);
    });
    for (let round = 0; round < 3; round += 1) {
      assert.deepEqual(await line.request(1, readRegisters(3, 0, 1), soon()), [0x11]);
      assert.deepEqual(await line.request(1, readRegisters(3, 1, 1), soon()), [0x22]);
    }
  });

  it('finds the frame behind noise, and one that comes in pieces', async () => {
    await open((_request, socket) => {
      const frame = rtu([1, 3, 2, 0, 0x11]);
      socket.write(Buffer.concat([Buffer.from([0xff, 0x00]), frame.subarray(0, 3)]));
      setTimeout(() => { socket.write(frame.subarray(3)); }, 20);
    });
    assert.deepEqual(await line.request(1, readRegisters(3, 0, 1), soon()), [0x11]);
  });

  it('refuses an exception whose check sum is wrong', async () => {
    await open((_request, socket) => { socket.write(Buffer.from([1, 0x83, 2, 0, 0])); });
    assert.equal(await codeOf(line.request(1, readRegisters(3, 0, 1), soon())), 'ANSWER_INVALID');
  });
});
