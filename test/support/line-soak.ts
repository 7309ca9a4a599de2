/** Timed pulses over a line that flaps, beside polls, and a device whose own count judges what became of each. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { isMcError } from '../../nodes/credential/mc-error';
import { Controller } from '../../nodes/field/controller';
import { Line } from '../../nodes/field/line';
import { readBits } from '../../nodes/field/modbus-pdu';
import { resolveProfile } from '../../nodes/field/profile';
import { LINE, until } from '../field/line-fixture';
import { CommandLedger, type Ending } from './command-ledger';
import { FaultProxy } from './fault-proxy';
import { LineFlaps } from './line-flaps';
import type { Wire } from './modbus-wire';
import { PulseDevice, pulseKey } from './pulse-device';
import { seededRandom } from './seeded-random';
import { within } from './within';

const UNIT_MS = 100;
const TIMEOUT_MS = 40;
/** Two for each output: they take turns. */
const ASKERS = 16;
const LONGEST_PAUSE_MS = 1200;
const POLL_MS = 25;
const BUSY = 0.04;
const HURRIED = 0.15;
/** A command ends at its deadline, or a timeout after it was sent just before; the rest is for a busy machine. */
const END_GRACE_MS = 2000;
const RECOVERY_MS = 15_000;

export interface SoakSettings {
  wire: Wire;
  seed: number;
  commands: number;
}

export interface SoakFigures {
  commands: number;
  carriedOut: number;
  connects: number;
  polls: number;
  endings: Record<Ending, number>;
  codes: Record<string, number>;
  faults: Record<string, number>;
}

export class LineSoak {
  private readonly random: () => number;
  private readonly ledger = new CommandLedger();
  private readonly codes: Record<string, number> = {};
  private readonly line: Line;
  private readonly controller: Controller;
  private asked = 0;
  private isOver = false;
  private polls = 0;

  private constructor(private readonly settings: SoakSettings, private readonly device: PulseDevice, private readonly proxy: FaultProxy) {
    this.random = seededRandom(settings.seed);
    this.line = new Line({ ...LINE, transport: settings.wire, port: proxy.port, timeoutMs: TIMEOUT_MS, maxInFlight: 4 });
    this.controller = new Controller(this.line, 1, resolveProfile('waveshare-io-8', undefined));
  }

  /** Rejects with what did not hold. */
  static async run(settings: SoakSettings): Promise<SoakFigures> {
    const busy = seededRandom(settings.seed + 1);
    const device = await PulseDevice.start(settings.wire, () => busy() < BUSY);
    const proxy = await FaultProxy.start(device.port);
    const soak = new LineSoak(settings, device, proxy);
    try {
      return await soak.play();
    } catch (error) {
      throw new Error(`${settings.wire}, seed ${settings.seed}: ${String(error)}`, { cause: error });
    } finally {
      soak.controller.close();
      await soak.line.close();
      await proxy.close();
      await device.stop();
    }
  }

  private async play(): Promise<SoakFigures> {
    this.line.open();
    await until(() => this.line.state === 'up', 'the line');
    const flaps = new LineFlaps(this.proxy, this.settings.wire, seededRandom(this.settings.seed + 2));
    const poll = setInterval(() => { this.poll(); }, POLL_MS);
    try {
      await Promise.all(Array.from({ length: ASKERS }, (_, index) => this.askAll(1 + index % 8)));
    } finally {
      this.isOver = true;
      clearInterval(poll);
      await flaps.stop();
    }
    await this.recover();
    this.ledger.compare(this.device.carriedOut);
    await this.leaveNothing();
    const endings = Object.fromEntries((['confirmed', 'refused', 'unknown', 'expired'] as const).map((ending) => [ending, this.ledger.count(ending)])) as Record<Ending, number>;
    return {
      commands: this.ledger.total, carriedOut: this.device.carriedOut.size, connects: this.line.stats().connects,
      polls: this.polls, endings, codes: this.codes, faults: flaps.counts,
    };
  }

  private async askAll(output: number): Promise<void> {
    while (!this.isOver && this.asked < this.settings.commands) {
      await this.command(output);
      await wait(this.random() * LONGEST_PAUSE_MS);
    }
  }

  /** No two commands are alike: each has a length of its own. */
  private async command(output: number): Promise<Ending> {
    this.asked += 1;
    const units = this.asked;
    const key = pulseKey(output, units);
    const deadlineMs = this.random() < HURRIED ? 1 + this.random() * 15 : 50 + this.random() * 400;
    const deadlineAt = Date.now() + deadlineMs;
    const connects = this.line.stats().connects;
    const wasUp = this.line.state === 'up';
    const code = await within(this.controller.pulse(output, units * UNIT_MS, deadlineAt), deadlineMs + TIMEOUT_MS + END_GRACE_MS, `${key} did not end`).then((value) => {
      assert.deepEqual(value, { confirmed: true });
      return 'fine';
    }, (error: unknown) => {
      if (isMcError(error)) return error.code;
      throw error;
    });
    const wasNeverUp = !wasUp && this.line.stats().connects === connects;
    this.codes[code] = (this.codes[code] ?? 0) + 1;
    const ending = endingOf(code, wasNeverUp);
    if (code === 'LINE_EXCEPTION') assert.ok(this.device.refused.has(key), `${key} was called refused by the device`);
    this.ledger.note(key, ending);
    return ending;
  }

  private poll(): void {
    this.polls += 1;
    this.line.request(1, readBits(2, 0, 8), { priority: 'door', key: 'inputs', everyMs: POLL_MS, deadlineAt: Date.now() + 4 * POLL_MS }).catch((error: unknown) => {
      if (!isMcError(error, 'LINE_DOWN', 'LINE_TIMEOUT', 'ANSWER_INVALID', 'COMMAND_EXPIRED')) throw error;
    });
  }

  /** On a whole line commands are confirmed again. */
  private async recover(): Promise<void> {
    const end = performance.now() + RECOVERY_MS;
    while (await this.command(1) !== 'confirmed') {
      assert.ok(performance.now() < end, 'the line does not come back');
      await wait(20);
    }
  }

  private async leaveNothing(): Promise<void> {
    const { queued, inFlight } = this.line.stats();
    assert.deepEqual({ queued, inFlight }, { queued: 0, inFlight: 0 });
    await this.line.close();
    await until(() => this.proxy.open === 0, 'the end of the last connection');
  }
}

function endingOf(code: string, wasNeverUp: boolean): Ending {
  switch (code) {
    case 'fine': return 'confirmed';
    case 'COMMAND_EXPIRED': return 'expired';
    case 'LINE_EXCEPTION':
    case 'QUEUE_FULL': return 'refused';
    case 'LINE_DOWN':
    case 'LINE_TIMEOUT':
    case 'ANSWER_INVALID': return wasNeverUp ? 'refused' : 'unknown';
    default: throw new Error(`a pulse ended with ${code}`);
  }
}
