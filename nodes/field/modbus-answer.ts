/** What a frame says, whatever carried it, and the errors of a line in words. */
import { McError } from '../credential/mc-error';
import { answerInvalid } from './modbus-pdu';

/**
 * What follows the function code, after unit and function were compared.
 * @param frame unit, function and the rest, without a check sum
 * @throws LINE_EXCEPTION for an exception answer, ANSWER_INVALID for one of another unit or function
 */
export function answerOf(unit: number, functionCode: number, frame: Uint8Array | undefined): Uint8Array {
  if (frame === undefined || frame.length < 2) throw answerInvalid('it is too short');
  if (frame[0] !== unit) throw answerInvalid(`unit ${frame[0] ?? 0} answered instead of unit ${unit}`);
  if (frame[1] === (functionCode | 0x80)) {
    if (frame.length !== 3) throw answerInvalid('an exception has another length');
    throw exceptionOf(unit, frame[2] ?? 0);
  }
  if (frame[1] !== functionCode) throw answerInvalid(`function ${frame[1] ?? 0} was answered instead of ${functionCode}`);
  return frame.subarray(2);
}

const EXCEPTIONS: Readonly<Record<number, string>> = {
  1: 'it does not know the function', 2: 'it has no such address', 3: 'it refuses the value', 4: 'it failed', 5: 'it is still working on it',
  6: 'it is busy', 10: 'the gateway has no path to it', 11: 'the gateway got no answer from it',
};

function exceptionOf(unit: number, exception: number): McError {
  const words = EXCEPTIONS[exception] ?? 'it gave no known reason';
  return new McError('LINE_EXCEPTION', `Unit ${unit} refused with Modbus exception ${exception}: ${words}. Check unit and profile.`, { exception });
}

export function noAnswer(unit: number, timeoutMs: number): McError {
  return new McError('LINE_TIMEOUT', `Unit ${unit} did not answer within ${timeoutMs} ms. Check its address, its power and the wiring.`);
}

export function lineDown(why: string, cause?: unknown): McError {
  return new McError('LINE_DOWN', `The line is down: ${why}. It is tried again by itself; check the address and the cable.`, { cause });
}

export function wordsOf(problem: unknown): string {
  const { message, code } = problem as { message?: unknown; code?: unknown };
  if (typeof code === 'string') return code;
  return typeof message === 'string' ? message : 'unknown';
}
