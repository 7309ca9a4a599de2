/** Requests as a device takes them off the wire, and its answers as it puts them on: Modbus/TCP, or RTU frames on a socket. */
import { mbap, rtu } from '../field/line-fixture';

export type Wire = 'tcp' | 'rtu-tcp';

export interface WireRequest {
  /** 0 on RTU, which has none. */
  transaction: number;
  unit: number;
  functionCode: number;
  address: number;
  /** How many are read, or what is written. */
  value: number;
}

/** Functions 1 to 6 all ask with one length. */
const REQUEST_BYTES: Readonly<Record<Wire, number>> = { tcp: 12, 'rtu-tcp': 8 };

/** What arrived in one piece; an RTU device hears nothing of a frame whose check sum is wrong. */
export function requestsIn(wire: Wire, chunk: Buffer): WireRequest[] {
  const requests: WireRequest[] = [];
  const length = REQUEST_BYTES[wire];
  for (let at = 0; at + length <= chunk.length; at += length) {
    const frame = chunk.subarray(at, at + length);
    if (wire === 'rtu-tcp' && !rtu([...frame.subarray(0, -2)]).equals(frame)) continue;
    const asked = wire === 'tcp' ? frame.subarray(6) : frame;
    requests.push({
      transaction: wire === 'tcp' ? frame.readUInt16BE(0) : 0,
      unit: asked.readUInt8(0), functionCode: asked.readUInt8(1), address: asked.readUInt16BE(2), value: asked.readUInt16BE(4),
    });
  }
  return requests;
}

/** An answer as it travels; `pdu` begins with the function code. */
export function frameOf(wire: Wire, { transaction, unit }: Pick<WireRequest, 'transaction' | 'unit'>, pdu: readonly number[]): Buffer {
  return wire === 'tcp' ? mbap(transaction, unit, pdu) : rtu([unit, ...pdu]);
}

/** The answer to a write. */
export function echoOf({ functionCode, address, value }: WireRequest): number[] {
  return [functionCode, address >> 8, address & 0xff, value >> 8, value & 0xff];
}

export function exceptionOf({ functionCode }: WireRequest, exception: number): number[] {
  return [functionCode | 0x80, exception];
}
