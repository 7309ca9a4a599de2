/**
 * One request after the other on a Modbus/TCP line, beside a plain TCP echo of the same size and the bare modbus-serial,
 * in interleaved rounds against one process that answers at once. Prints figures and ratios.
 */
import ModbusRTU from 'modbus-serial';
import { connect } from 'node:net';
import { once } from 'node:events';
import { Line } from '../../nodes/field/line';
import { readRegisters } from '../../nodes/field/modbus-pdu';
import { percentile } from '../support/percentile';
import { startPlainDevice } from '../support/plain-device-process';

const ECHO = 'plain TCP, 12 bytes there, 29 back';
const ROUNDS = 7;
const REQUESTS = 4000;
const REGISTERS = 10;
/** What ten registers come in. */
const ANSWER_BYTES = 29;

async function main(): Promise<void> {
  const device = await startPlainDevice();
  const line = new Line({
    transport: 'tcp', host: '127.0.0.1', port: device.modbus, path: '', baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1,
    timeoutMs: 500, gapMs: null, maxInFlight: 1,
  });
  line.open();
  while (line.state !== 'up') await new Promise((resolve) => { setTimeout(resolve, 5); });
  const bare = new ModbusRTU();
  await bare.connectTCP('127.0.0.1', { port: device.modbus });
  bare.setID(1);
  bare.setTimeout(500);
  const socket = connect({ host: '127.0.0.1', port: device.echo, noDelay: true });
  await once(socket, 'connect');
  const request = Buffer.alloc(12, 7);
  const echo = (): Promise<unknown> => new Promise((resolve) => {
    let left = ANSWER_BYTES;
    const take = (data: Buffer): void => {
      left -= data.length;
      if (left > 0) return;
      socket.off('data', take);
      resolve(null);
    };
    socket.on('data', take);
    socket.write(request);
  });
  const ways: Record<string, () => Promise<unknown>> = {
    [ECHO]: echo,
    'bare modbus-serial, 10 registers': () => bare.readHoldingRegisters(0, REGISTERS),
    'this line, 10 registers': () => line.request(1, readRegisters(3, 0, REGISTERS), { priority: 'other', deadlineAt: Date.now() + 1000 }),
    'this line, as a poll of a door': () => line.request(1, readRegisters(3, 0, REGISTERS), { priority: 'door', deadlineAt: Date.now() + 1000, everyMs: 50, key: 'inputs' }),
  };
  const medians = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
  const p99s = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, once] of Object.entries(ways)) {
      const took: number[] = [];
      for (let count = 0; count < REQUESTS; count += 1) {
        const from = performance.now();
        await once();
        took.push((performance.now() - from) * 1000);
      }
      medians.get(name)?.push(percentile(took, 50));
      p99s.get(name)?.push(percentile(took, 99));
    }
  }
  const floor = percentile(medians.get(ECHO) ?? [], 50);
  for (const [name, figures] of medians) {
    const median = percentile(figures, 50);
    console.log(`${name.padEnd(36)} p50 ${median.toFixed(1)} µs  p99 ${percentile(p99s.get(name) ?? [], 50).toFixed(0)} µs  ×${(median / floor).toFixed(2)} of the echo (goal for the line: 1.15)`);
  }
  socket.destroy();
  bare.destroy(() => undefined);
  await line.close();
  device.stop();
}

void main();
