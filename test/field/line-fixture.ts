/** What the tests of lines share. */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { isMcError } from '../../nodes/credential/mc-error';
import type { RequestOptions } from '../../nodes/field/controller-port';
import type { LineSettings } from '../../nodes/field/line-settings';

export const LINE: LineSettings = {
  transport: 'tcp', host: '127.0.0.1', port: 0, path: '', baudRate: 115_200, dataBits: 8, parity: 'none', stopBits: 1,
  timeoutMs: 150, gapMs: null, maxInFlight: 1,
};

export const soon = (priority: RequestOptions['priority'] = 'door'): RequestOptions => ({ priority, deadlineAt: Date.now() + 2000 });

/** The code a promise rejects with, `fine` where it does not. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(() => 'fine', (error: unknown) => (isMcError(error) ? error.code : String(error)));
}

export async function until(holds: () => boolean, what = 'it'): Promise<void> {
  const end = Date.now() + 5000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`${what} did not come about`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A device of few words: whatever arrives in one piece is handed to `answer`. */
export async function scriptedDevice(answer: (request: Buffer, socket: Socket) => void): Promise<{ port: number; close: () => Promise<unknown> }> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (request) => { answer(request, socket); });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(resolve);
    }),
  };
}

/** A frame of Modbus/TCP. */
export function mbap(transaction: number, unit: number, pdu: readonly number[]): Buffer {
  return Buffer.from([transaction >> 8, transaction & 0xff, 0, 0, 0, pdu.length + 1, unit, ...pdu]);
}

/** A frame of RTU: CRC-16 of Modbus, low byte first; modbus-serial checks it on the other side. */
export function rtu(bytes: readonly number[]): Buffer {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return Buffer.from([...bytes, crc & 0xff, crc >> 8]);
}
