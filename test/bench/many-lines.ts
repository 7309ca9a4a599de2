/**
 * 32 lines of 8 units each, every unit asked ten times a second, in one process for ten minutes (or as many as the first
 * argument says). Prints memory over time, how late polls came, and the delay of the event loop.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Controller } from '../../nodes/field/controller';
import { Line } from '../../nodes/field/line';
import { resolveProfile } from '../../nodes/field/profile';
import { LINE } from '../field/line-fixture';
import { percentile } from '../support/percentile';
import { startPlainDevice } from '../support/plain-device-process';

const LINES = 32;
const UNITS = 8;
const POLL_MS = 100;
const MINUTES = Number(process.argv[2] ?? 10);

async function main(): Promise<void> {
  const device = await startPlainDevice();
  const profile = resolveProfile('waveshare-io-8', undefined);
  const lines = Array.from({ length: LINES }, () => new Line({ ...LINE, port: device.modbus, timeoutMs: 500 }));
  const late: number[] = [];
  let polls = 0;
  let errors = 0;
  const controllers = lines.flatMap((line) => {
    line.open();
    return Array.from({ length: UNITS }, (_, unit) => new Controller(line, unit + 1, profile));
  });
  const stops = controllers.map((controller) => {
    let last: number | null = null;
    return controller.watchInputs(POLL_MS, () => {
      const now = performance.now();
      // One in a hundred is enough for the figures, and keeps this list from being what grows.
      if (last !== null && (polls += 1) % 100 === 0) late.push(now - last - POLL_MS);
      last = now;
    }, () => { errors += 1; });
  });
  await pause(5000);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  late.length = 0;
  const memory: number[] = [];
  const sample = (): void => {
    globalThis.gc?.();
    memory.push(process.memoryUsage().heapUsed / 1e6);
  };
  sample();
  const from = performance.now();
  const before = polls;
  for (let minute = 0; minute < MINUTES; minute += 1) {
    await pause(60_000);
    sample();
  }
  const perSecond = (polls - before) * 1000 / (performance.now() - from);
  delay.disable();
  for (const stop of stops) stop();
  for (const controller of controllers) controller.close();
  await Promise.all(lines.map((line) => line.close()));
  device.stop();
  console.log(`${LINES} lines × ${UNITS} units at ${1000 / POLL_MS} Hz, ${MINUTES} min: ${perSecond.toFixed(0)} polls a second of ${LINES * UNITS * 1000 / POLL_MS}, ${errors} errors`);
  console.log(`late: p50 ${percentile(late, 50).toFixed(1)} ms, p95 ${percentile(late, 95).toFixed(1)} ms, p99 ${percentile(late, 99).toFixed(1)} ms (goal: median below ${POLL_MS} ms)`);
  console.log(`event loop delay p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms; heap in MB each minute: ${memory.map((mb) => mb.toFixed(1)).join(', ')}${globalThis.gc === undefined ? ' (run with --expose-gc to see it without garbage)' : ''}`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}

void main();
