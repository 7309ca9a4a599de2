import { McError } from '../credential/mc-error';

/** A request and how its answer is read. Addresses count from 0; every answer is checked on its bytes. */
export interface ModbusRequest<T> {
  functionCode: number;
  /** What follows the function code. */
  data: readonly number[];
  /** `answer` is what follows the function code in the answer; throws ANSWER_INVALID. */
  parse(answer: Uint8Array): T;
  /** Where it reads; absent for a write. */
  span?: ReadSpan;
}

/** Addresses that a read asks for; its value has an entry for each. */
export type ReadSpan =
  | { kind: 'bits'; functionCode: 1 | 2; address: number; count: number }
  | { kind: 'registers'; functionCode: 3 | 4; address: number; count: number };

export function readBits(functionCode: 1 | 2, address: number, count: number): ModbusRequest<boolean[]> {
  return {
    functionCode,
    data: [...word(address), ...word(count)],
    span: { kind: 'bits', functionCode, address, count },
    parse(answer) {
      const bytes = counted(answer, Math.ceil(count / 8));
      return Array.from({ length: count }, (_, bit) => ((bytes[bit >> 3] ?? 0) >> (bit & 7) & 1) === 1);
    },
  };
}

export function readRegisters(functionCode: 3 | 4, address: number, count: number): ModbusRequest<number[]> {
  return {
    functionCode,
    data: [...word(address), ...word(count)],
    span: { kind: 'registers', functionCode, address, count },
    parse(answer) {
      const bytes = counted(answer, count * 2);
      const words: number[] = [];
      for (let at = 0; at < bytes.length; at += 2) words.push(((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
      return words;
    },
  };
}

/** Functions 5 and 6: the device echoes address and value. `value` is the raw word, FF00 for an ordinary coil. */
export function writeSingle(functionCode: 5 | 6, address: number, value: number): ModbusRequest<void> {
  const data = [...word(address), ...word(value)];
  return {
    functionCode,
    data,
    parse(answer) {
      if (answer.length !== 4 || data.some((byte, index) => answer[index] !== byte)) {
        throw answerInvalid('the device confirmed another address or value than was written');
      }
    },
  };
}

export function answerInvalid(why: string, cause?: unknown): McError {
  return new McError('ANSWER_INVALID', `An answer on the line cannot be used: ${why}. Check unit, wiring and profile.`, { cause });
}

function counted(answer: Uint8Array, bytes: number): Uint8Array {
  if (answer[0] !== bytes || answer.length !== bytes + 1) throw answerInvalid('it has another length than was asked for');
  return answer.subarray(1);
}

function word(value: number): [number, number] {
  return [(value >> 8) & 0xff, value & 0xff];
}
