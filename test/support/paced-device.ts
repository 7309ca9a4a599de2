/** A reader and a relay in one device that speaks RTU as slowly as a serial wire, or Modbus/TCP after its own time alone. */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { mbap, rtu } from '../field/line-fixture';

const TURNROUND_MS = 5;

export interface PacedDevice {
  port: number;
  /** The next card is there; resolves when the timed pulse has arrived whole, with the milliseconds since. */
  present(): Promise<number>;
  close(): Promise<unknown>;
}

/** `baudRate` null: Modbus/TCP. */
export async function startPacedDevice(baudRate: number | null): Promise<PacedDevice> {
  const sockets = new Set<Socket>();
  const byteMs = baudRate === null ? 0 : 10_000 / baudRate;
  let sequence = 0;
  let presentedAt = 0;
  let arrived: ((ms: number) => void) | null = null;
  const frameBytes = baudRate === null ? 12 : 8;
  const answerTo = (frame: Buffer): number[] => {
    const pdu = [...(baudRate === null ? frame.subarray(7) : frame.subarray(1, 6))];
    if (pdu[0] === 5) {
      arrived?.(performance.now() - presentedAt);
      arrived = null;
      return pdu;
    }
    const count = pdu[4] ?? 0;
    if (pdu[0] === 2) return [2, 1, 0];
    return [4, count * 2, ...Array.from({ length: count }, (_, index) => (index === 0 ? [sequence >> 8, sequence & 0xff] : [0, index])).flat()];
  };
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let held = Buffer.alloc(0);
    socket.on('data', (data) => {
      held = Buffer.concat([held, data]);
      for (; held.length >= frameBytes; held = held.subarray(frameBytes)) {
        const frame = Buffer.from(held.subarray(0, frameBytes));
        // The request is whole when its last byte has come over the wire.
        setTimeout(() => {
          const pdu = answerTo(frame);
          const answer = baudRate === null ? mbap(frame.readUInt16BE(0), frame[6] ?? 1, pdu) : rtu([frame[0] ?? 1, ...pdu]);
          setTimeout(() => { socket.write(answer); }, TURNROUND_MS + answer.length * byteMs);
        }, frameBytes * byteMs);
      }
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    port: (server.address() as AddressInfo).port,
    present: () => new Promise((resolve, reject) => {
      const limit = setTimeout(() => { reject(new Error('a card opened nothing')); }, 3000);
      arrived = (ms) => { clearTimeout(limit); resolve(ms); };
      presentedAt = performance.now();
      sequence += 1;
    }),
    close: () => new Promise((resolve) => { for (const socket of sockets) socket.destroy(); server.close(resolve); }),
  };
}
