/**
 * A card presented until the strike's command has arrived at the device whole, over Modbus/TCP and over RTU on a serial
 * port (a pty) whose bytes take as long as at 9600 baud. One reader and the inputs of one door are asked at 20 Hz; the
 * device takes 5 ms. Prints figures beside the bound that is computed from the wire.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller } from '../../nodes/field/controller';
import { Door } from '../../nodes/field/door';
import { Line } from '../../nodes/field/line';
import { exchangeMs } from '../../nodes/field/line-load';
import { resolveProfile } from '../../nodes/field/profile';
import { Reader } from '../../nodes/field/reader';
import { SETTINGS } from '../field/door-bench';
import { LINE } from '../field/line-fixture';
import { startPacedDevice } from '../support/paced-device';
import { percentile } from '../support/percentile';

const CARDS = 60;
const POLL_MS = 50;
const WORDS = 5;

async function main(): Promise<void> {
  await measure('Modbus/TCP', null);
  await measure('RTU at 9600 baud', 9600);
}

async function measure(name: string, baudRate: number | null): Promise<void> {
  const device = await startPacedDevice(baudRate);
  const folder = mkdtempSync(join(tmpdir(), 'mc-bench-'));
  const path = join(folder, 'pty');
  const bridge = baudRate === null ? null : spawn('socat', [`pty,raw,echo=0,link=${path}`, `tcp:127.0.0.1:${device.port},nodelay`], { stdio: 'ignore' });
  bridge?.on('error', () => undefined);
  for (let waited = 0; bridge !== null && !existsSync(path); waited += 1) {
    if (waited > 100) {
      console.log(`${name}: not measured, socat is not here`);
      await device.close();
      return;
    }
    await pause(20);
  }
  const settings = { ...LINE, transport: baudRate === null ? 'tcp' as const : 'serial' as const, port: device.port, path, baudRate: baudRate ?? 9600, timeoutMs: 500 };
  const line = new Line(settings);
  line.open();
  const controller = new Controller(line, 1, resolveProfile('waveshare-io-8', {
    readers: [{ handshake: 'sequence', fc: 4, sequence: 0, bits: null, id: { address: 1, words: WORDS - 1 } }],
  }));
  while (line.state !== 'up') await pause(5);
  const door = new Door(controller, { ...SETTINGS, door: 'Bench', strikeMs: 100, pollMs: POLL_MS, relock: 'afterStrike' }, { onEvent: () => undefined, onStatus: () => undefined, onError: () => undefined });
  door.start();
  const reader = new Reader(controller, { reader: 1, door: 'Bench', direction: 'in', format: 'csn-64', byteOrder: 'msb', device: '', pollMs: POLL_MS, repeatMs: 0 }, {
    onRead: (read) => { void door.handle({ ...read, granted: true, decidedAt: new Date().toISOString() }, Date.now()).catch(() => undefined); },
    onTrouble: () => undefined,
  });
  reader.start();
  await pause(500);
  const took: number[] = [];
  for (let card = 0; card < CARDS; card += 1) {
    took.push(await device.present());
    await pause(250 + Math.random() * POLL_MS);
  }
  reader.stop();
  await door.stop();
  controller.close();
  await line.close();
  bridge?.kill();
  await device.close();
  rmSync(folder, { recursive: true, force: true });
  const eachMs = (answerBytes: number): number => exchangeMs({ ...settings }, { requestBytes: 4, answerBytes });
  // The wait for the next poll, an exchange that is under way, the poll itself, the command.
  const boundMs = POLL_MS + eachMs(2) + eachMs(1 + WORDS * 2) + eachMs(4);
  console.log(`${name.padEnd(18)} p50 ${percentile(took, 50).toFixed(1)} ms  p95 ${percentile(took, 95).toFixed(1)} ms  max ${Math.max(...took).toFixed(1)} ms; computed bound ${boundMs.toFixed(0)} ms; p95 ×${(percentile(took, 95) / boundMs).toFixed(2)} of it (${CARDS} cards)`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}

void main();
