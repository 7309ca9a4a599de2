/**
 * How long until a line is back after its device, and until a silent one is found, polled at 20 Hz. Goals: the next good
 * poll within 250 ms of the device being back; a half-open line found within three poll periods.
 */
import { Line } from '../../nodes/field/line';
import { readBits } from '../../nodes/field/modbus-pdu';
import { LINE } from '../field/line-fixture';
import { FaultProxy } from '../support/fault-proxy';
import { startPlainDevice } from '../support/plain-device-process';

const POLL_MS = 50;
const AWAY_MS = [0, 500, 2000, 5000, 9000];
const TIMES = 4;

async function main(): Promise<void> {
  const device = await startPlainDevice();
  for (const awayMs of AWAY_MS) {
    const took: number[] = [];
    for (let time = 0; time < (awayMs > 3000 ? 2 : TIMES); time += 1) took.push(await recovery(device.modbus, awayMs));
    console.log(`away for ${String(awayMs).padStart(4)} ms: next good poll after ${took.map((ms) => ms.toFixed(0)).join(', ')} ms (goal 250)`);
  }
  const found: number[] = [];
  for (let time = 0; time < TIMES; time += 1) found.push(await halfOpen(device.modbus));
  console.log(`half open: found after ${found.map((ms) => ms.toFixed(0)).join(', ')} ms (goal ${3 * POLL_MS}, three periods)`);
  device.stop();
}

/** Polls like a door until `stop`. */
async function polled(port: number): Promise<{ line: Line; good: number[]; stop: () => Promise<void> }> {
  const line = new Line({ ...LINE, port, timeoutMs: 500 });
  const good: number[] = [];
  line.open();
  const timer = setInterval(() => {
    if (line.state !== 'up' || line.stats().queued + line.stats().inFlight > 0) return;
    line.request(1, readBits(2, 0, 8), { priority: 'door', deadlineAt: Date.now() + 1000, everyMs: POLL_MS, key: 'inputs' })
      .then(() => { good.push(performance.now()); }, () => undefined);
  }, POLL_MS);
  while (good.length < 10) await pause(10);
  return { line, good, stop: async () => { clearInterval(timer); await line.close(); } };
}

async function recovery(device: number, awayMs: number): Promise<number> {
  const first = await FaultProxy.start(device);
  const { port } = first;
  const { good, stop } = await polled(port);
  await first.close();
  await pause(awayMs);
  const second = await FaultProxy.start(device, '127.0.0.1', port);
  const from = performance.now();
  good.length = 0;
  while (good.length === 0) await pause(1);
  const took = (good[0] ?? 0) - from;
  await stop();
  await second.close();
  return took;
}

async function halfOpen(device: number): Promise<number> {
  const proxy = await FaultProxy.start(device);
  const { line, stop } = await polled(proxy.port);
  await pause(Math.random() * POLL_MS);
  proxy.silence();
  const from = performance.now();
  while (line.state === 'up') await pause(1);
  const took = performance.now() - from;
  await stop();
  await proxy.close();
  return took;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}

void main();
