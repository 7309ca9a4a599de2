/** A request as it came: its transaction, the unit that is asked, function code and data. */
export interface Frame {
  transaction: number;
  unit: number;
  pdu: Buffer;
}

/** What is no Modbus/TCP: the connection cannot be read any further. */
export class NotModbus extends Error {}

const HEADER = 7;
/** Longest PDU (Modbus Application Protocol 1.1b3, 4.1). */
const LONGEST_PDU = 253;

/** Cuts a byte stream into Modbus/TCP frames, however TCP has split or joined them. */
export class FrameReader {
  private rest: Buffer = Buffer.alloc(0);

  /** Frames that are complete now. Throws NotModbus; frames before the fault are lost with the connection. */
  take(chunk: Buffer): Frame[] {
    let bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const frames: Frame[] = [];
    while (bytes.length >= HEADER) {
      const protocol = bytes.readUInt16BE(2);
      const length = bytes.readUInt16BE(4);
      if (protocol !== 0 || length < 2 || length > LONGEST_PDU + 1) throw new NotModbus();
      if (bytes.length < HEADER - 1 + length) break;
      frames.push({ transaction: bytes.readUInt16BE(0), unit: bytes.readUInt8(6), pdu: bytes.subarray(HEADER, HEADER - 1 + length) });
      bytes = bytes.subarray(HEADER - 1 + length);
    }
    // A copy, so that a few left-over bytes do not keep a large chunk in memory.
    this.rest = Buffer.from(bytes);
    return frames;
  }
}

/** The answer to a frame, with the same transaction and unit. */
export function toFrame({ transaction, unit }: Frame, pdu: Buffer): Buffer {
  const frame = Buffer.alloc(HEADER + pdu.length);
  frame.writeUInt16BE(transaction, 0);
  frame.writeUInt16BE(pdu.length + 1, 4);
  frame.writeUInt8(unit, 6);
  pdu.copy(frame, HEADER);
  return frame;
}
