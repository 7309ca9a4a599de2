/** A line that asks a device whose answers are mutated: it may refuse as much as it likes, and must believe nothing wrong. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { isMcError } from '../../nodes/credential/mc-error';
import type { Priority } from '../../nodes/field/controller-port';
import { Line } from '../../nodes/field/line';
import { type ModbusRequest, readBits, readRegisters, writeSingle } from '../../nodes/field/modbus-pdu';
import { LINE } from '../field/line-fixture';
import { FuzzDevice, writeKey } from './fuzz-device';
import { bitAt, registerAt } from './known-content';
import type { Wire } from './modbus-wire';
import { seededRandom } from './seeded-random';
import { within } from './within';

const UNITS = 4;
const PRIORITIES: readonly Priority[] = ['command', 'handshake', 'reader', 'door', 'other'];
const DEADLINE_MS = 3000;
/** A request settles at its deadline, or a timeout after it was sent just before; the rest is for a busy machine. */
const SETTLE_GRACE_MS = 2000;
const RECOVERY_MS = 15_000;
const RIGHT_AFTERWARDS = 20;
/** A line that takes longer than this for one answer is stuck. */
const MS_AN_ANSWER = 250;
const REFUSALS = ['LINE_DOWN', 'LINE_TIMEOUT', 'LINE_EXCEPTION', 'ANSWER_INVALID', 'COMMAND_EXPIRED'] as const;

export interface FuzzSettings {
  wire: Wire;
  seed: number;
  /** So many answers are mutated. */
  answers: number;
  timeoutMs: number;
  maxInFlight: number;
}

export interface FuzzFigures {
  answers: number;
  requests: number;
  connects: number;
  mutated: Record<string, number>;
  /** Requests by how they ended. */
  ended: Record<string, number>;
}

/** A request and what tells whether its value may be believed. */
interface Question {
  words: string;
  unit: number;
  request: ModbusRequest<unknown>;
  check(value: unknown): void;
}

export class FrameFuzz {
  private readonly random: () => number;
  private readonly ended: Record<string, number> = {};
  private readonly line: Line;
  /** Some deadlines are so near that they pass. */
  private isHurried = true;
  private requests = 0;
  private written = 0;

  private constructor(private readonly settings: FuzzSettings, private readonly device: FuzzDevice) {
    this.random = seededRandom(settings.seed + 1);
    const { wire: transport, timeoutMs, maxInFlight } = settings;
    this.line = new Line({ ...LINE, transport, timeoutMs, maxInFlight, port: device.port });
  }

  /** Rejects with what did not hold. */
  static async run(settings: FuzzSettings): Promise<FuzzFigures> {
    const isPipelined = settings.wire === 'tcp' && settings.maxInFlight > 1;
    const device = await FuzzDevice.start({ ...settings, isPipelined });
    const fuzz = new FrameFuzz(settings, device);
    try {
      fuzz.line.open();
      await fuzz.askUntilAnswered();
      await fuzz.recover();
      return fuzz.figures();
    } catch (error) {
      throw new Error(`${settings.wire}, ${settings.maxInFlight} in flight, seed ${settings.seed}: ${String(error)}`, { cause: error });
    } finally {
      await fuzz.line.close();
      await device.stop();
    }
  }

  private async askUntilAnswered(): Promise<void> {
    const end = performance.now() + RECOVERY_MS + this.settings.answers * MS_AN_ANSWER;
    let isOver = false;
    const askAll = async (): Promise<void> => {
      while (!isOver && this.device.answers < this.settings.answers) {
        assert.ok(performance.now() < end, `the line is stuck: ${JSON.stringify(this.figures())}`);
        // A line that is not up refuses at once.
        if (this.line.state === 'up') await this.ask();
        else await wait(5);
      }
    };
    try {
      // Some wait in the queue, too.
      await Promise.all(Array.from({ length: this.settings.maxInFlight + 2 }, askAll));
    } finally {
      isOver = true;
    }
    for (const [key, times] of this.device.got) assert.equal(times, 1, `a write arrived ${times} times: ${key}`);
  }

  /** With a device that behaves every answer is right again, and is believed. */
  private async recover(): Promise<void> {
    this.device.behave();
    // What is still on its way comes first.
    await wait(this.settings.timeoutMs * 5);
    this.isHurried = false;
    const end = performance.now() + RECOVERY_MS;
    // In a row: a timeout so short runs out now and then where the machine is busy.
    for (let inARow = 0; inARow < RIGHT_AFTERWARDS; inARow = await this.ask() === 'fine' ? inARow + 1 : 0) {
      assert.ok(performance.now() < end, `the line does not come back: ${JSON.stringify(this.figures())}`);
      while (this.line.state !== 'up' && performance.now() < end) await wait(5);
    }
    const { queued, inFlight } = this.line.stats();
    assert.deepEqual({ queued, inFlight }, { queued: 0, inFlight: 0 });
  }

  /** The code that a request ended with, `fine` where it resolved. */
  private async ask(): Promise<string> {
    const { unit, request, words, check } = this.question();
    this.requests += 1;
    const answer = this.line.request(unit, request, { priority: this.pick(PRIORITIES), deadlineAt: Date.now() + (this.isHurried && this.random() < 0.02 ? 5 : DEADLINE_MS) });
    const how = await within(answer, DEADLINE_MS + this.settings.timeoutMs + SETTLE_GRACE_MS, `${words} did not settle`).then((value) => {
      check(value);
      return 'fine';
    }, (error: unknown) => {
      if (isMcError(error, ...REFUSALS)) return error.code;
      throw error;
    });
    this.ended[how] = (this.ended[how] ?? 0) + 1;
    return how;
  }

  private question(): Question {
    const unit = 1 + Math.floor(this.random() * UNITS);
    const address = Math.floor(this.random() * 64);
    const kind = this.random();
    if (kind < 0.45) {
      const [functionCode, count] = [this.pick([3, 4] as const), this.pick([1, 1, 2, 4, 10])];
      return this.read(unit, readRegisters(functionCode, address, count), address, count, registerAt);
    }
    if (kind < 0.65) {
      const [functionCode, count] = [this.pick([1, 2] as const), this.pick([8, 16, 16, 33])];
      return this.read(unit, readBits(functionCode, address, count), address, count, bitAt);
    }
    return this.write(unit, this.pick([5, 6] as const));
  }

  private read(unit: number, request: ModbusRequest<unknown>, address: number, count: number, at: (unit: number, functionCode: number, address: number) => unknown): Question {
    const words = `unit ${unit} function ${request.functionCode} address ${address} count ${count}`;
    const expected = Array.from({ length: count }, (_, index) => at(unit, request.functionCode, address + index));
    return { words, unit, request, check: (value) => { assert.deepEqual(value, expected, `a wrong value was delivered: ${words}`); } };
  }

  /** No two writes are alike. */
  private write(unit: number, functionCode: 5 | 6): Question {
    this.written += 1;
    const [address, value] = [this.written >> 12, (this.written & 0xfff) * 16 + 1];
    const words = writeKey({ unit, functionCode, address, value });
    return { words, unit, request: writeSingle(functionCode, address, value), check: () => { assert.ok(this.device.echoed.has(words), `a write resolved that was never confirmed: ${words}`); } };
  }

  private figures(): FuzzFigures {
    return { answers: this.device.answers, requests: this.requests, connects: this.line.stats().connects, mutated: this.device.mutated, ended: this.ended };
  }

  private pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)] as T;
  }
}
