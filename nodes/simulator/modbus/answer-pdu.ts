import {
  ILLEGAL_ADDRESS, ILLEGAL_FUNCTION, ILLEGAL_VALUE, type ModbusUnit, type Refusal, type Table,
} from './modbus-unit';

const COIL_ON = 0xff00;
const COIL_OFF = 0x0000;

type Answer = Buffer | Refusal;

/**
 * Carries out a request PDU and gives the answer PDU. Checks in the order of the specification: function, quantity or
 * value, address (Modbus Application Protocol 1.1b3, 6). A write of several changes all of them or none.
 */
export function answerPdu(unit: ModbusUnit, pdu: Buffer): Buffer {
  const code = pdu.readUInt8(0);
  const answer = carryOut(unit, code, pdu.subarray(1));
  return typeof answer === 'number' ? exceptionPdu(code, answer) : answer;
}

export function exceptionPdu(code: number, exception: number): Buffer {
  return Buffer.from([code | 0x80, exception]);
}

function carryOut(unit: ModbusUnit, code: number, data: Buffer): Answer {
  switch (code) {
    case 1: return readBits(unit.coils, code, data);
    case 2: return readBits(unit.discretes, code, data);
    case 3: return readWords(unit.holding, code, data);
    case 4: return readWords(unit.inputs, code, data);
    case 5: return writeCoil(unit, code, data);
    case 6: return writeWord(unit.holding, code, data);
    case 15: return writeCoils(unit.coils, code, data);
    case 16: return writeWords(unit.holding, code, data);
    default: return ILLEGAL_FUNCTION;
  }
}

function readBits(table: Table<boolean> | undefined, code: number, data: Buffer): Answer {
  if (table === undefined) return ILLEGAL_FUNCTION;
  const bits = readMany(table, data, 2000);
  if (!Array.isArray(bits)) return bits;
  const answer = Buffer.alloc(2 + Math.ceil(bits.length / 8));
  answer.writeUInt8(code, 0);
  answer.writeUInt8(answer.length - 2, 1);
  for (const [index, on] of bits.entries()) {
    const at = 2 + (index >> 3);
    if (on) answer.writeUInt8(answer.readUInt8(at) | 1 << (index & 7), at);
  }
  return answer;
}

function readWords(table: Table<number> | undefined, code: number, data: Buffer): Answer {
  if (table === undefined) return ILLEGAL_FUNCTION;
  const words = readMany(table, data, 125);
  if (!Array.isArray(words)) return words;
  const answer = Buffer.alloc(2 + 2 * words.length);
  answer.writeUInt8(code, 0);
  answer.writeUInt8(2 * words.length, 1);
  for (const [index, word] of words.entries()) answer.writeUInt16BE(word, 2 + 2 * index);
  return answer;
}

function readMany<T extends boolean | number>(table: Table<T>, data: Buffer, most: number): T[] | Refusal {
  if (data.length !== 4) return ILLEGAL_VALUE;
  const first = data.readUInt16BE(0);
  const count = data.readUInt16BE(2);
  if (count < 1 || count > most) return ILLEGAL_VALUE;
  const values: T[] = [];
  for (let address = first; address < first + count; address += 1) {
    const value = table.read(address);
    if (value === undefined) return ILLEGAL_ADDRESS;
    values.push(value);
  }
  return values;
}

function writeCoil(unit: ModbusUnit, code: number, data: Buffer): Answer {
  if (unit.coils?.write === undefined) return ILLEGAL_FUNCTION;
  if (data.length !== 4) return ILLEGAL_VALUE;
  const address = data.readUInt16BE(0);
  const value = data.readUInt16BE(2);
  const commanded = unit.command?.(address, value);
  if (commanded !== undefined) return commanded ?? echo(code, data);
  if (value !== COIL_ON && value !== COIL_OFF) return ILLEGAL_VALUE;
  return write(unit.coils, address, [value === COIL_ON]) ?? echo(code, data);
}

function writeWord(table: Table<number> | undefined, code: number, data: Buffer): Answer {
  if (table?.write === undefined) return ILLEGAL_FUNCTION;
  if (data.length !== 4) return ILLEGAL_VALUE;
  return write(table, data.readUInt16BE(0), [data.readUInt16BE(2)]) ?? echo(code, data);
}

function writeCoils(table: Table<boolean> | undefined, code: number, data: Buffer): Answer {
  if (table?.write === undefined) return ILLEGAL_FUNCTION;
  const count = countOf(data, 1968, (bits) => Math.ceil(bits / 8));
  if (count === null) return ILLEGAL_VALUE;
  const values = Array.from({ length: count }, (_, index) => (data.readUInt8(5 + (index >> 3)) >> (index & 7) & 1) === 1);
  return write(table, data.readUInt16BE(0), values) ?? echo(code, data);
}

function writeWords(table: Table<number> | undefined, code: number, data: Buffer): Answer {
  if (table?.write === undefined) return ILLEGAL_FUNCTION;
  const count = countOf(data, 123, (words) => 2 * words);
  if (count === null) return ILLEGAL_VALUE;
  const values = Array.from({ length: count }, (_, index) => data.readUInt16BE(5 + 2 * index));
  return write(table, data.readUInt16BE(0), values) ?? echo(code, data);
}

/** Quantity of a write of several, null where quantity, byte count and length do not fit each other. */
function countOf(data: Buffer, most: number, bytesFor: (count: number) => number): number | null {
  if (data.length < 6) return null;
  const count = data.readUInt16BE(2);
  const bytes = bytesFor(count);
  const fits = count >= 1 && count <= most && data.readUInt8(4) === bytes && data.length === 5 + bytes;
  return fits ? count : null;
}

function write<T extends boolean | number>(table: Table<T>, first: number, values: readonly T[]): Refusal | null {
  for (const [index, value] of values.entries()) {
    const refusal = table.write?.check(first + index, value) ?? null;
    if (refusal !== null) return refusal;
  }
  for (const [index, value] of values.entries()) table.write?.apply(first + index, value);
  return null;
}

/** Writes are answered with their address and value or quantity. */
function echo(code: number, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([code]), data.subarray(0, 4)]);
}
