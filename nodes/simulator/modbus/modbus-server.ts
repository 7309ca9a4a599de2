import { createServer, type Server, type Socket } from 'node:net';
import { answerPdu, exceptionPdu } from './answer-pdu';
import { type Frame, FrameReader, toFrame } from './frame-reader';
import { type ModbusUnit, TARGET_SILENT } from './modbus-unit';

const CONNECTIONS = 64;

/**
 * A Modbus/TCP server that answers as a gateway to the given units would; any other unit is exception 11. Each
 * request is answered before the next event is looked at: nothing here waits.
 */
export function modbusServer(units: ReadonlyMap<number, ModbusUnit>): Server {
  const server = createServer({ noDelay: true }, (socket) => { serve(socket, units); });
  server.maxConnections = CONNECTIONS;
  return server;
}

function serve(socket: Socket, units: ReadonlyMap<number, ModbusUnit>): void {
  const reader = new FrameReader();
  socket.on('error', () => socket.destroy());
  socket.on('drain', () => socket.resume());
  socket.on('data', (chunk) => {
    let frames: Frame[];
    try {
      frames = reader.take(chunk);
    } catch {
      socket.destroy();
      return;
    }
    if (frames.length === 0) return;
    const answers = frames.map((frame) => toFrame(frame, answerOf(units.get(frame.unit), frame.pdu)));
    // Who asks and does not read its answers is not read any further either.
    if (!socket.write(Buffer.concat(answers))) socket.pause();
  });
}

function answerOf(unit: ModbusUnit | undefined, pdu: Buffer): Buffer {
  return unit === undefined ? exceptionPdu(pdu.readUInt8(0), TARGET_SILENT) : answerPdu(unit, pdu);
}
