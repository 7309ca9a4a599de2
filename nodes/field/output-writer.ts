import { isMcError, McError } from '../credential/mc-error';
import type { Confirmation, RequestOptions } from './controller-port';
import { nearestPulse } from './nearest-pulse';
import { type ModbusRequest, readBits, readRegisters, writeSingle } from './modbus-pdu';
import type { OutputsMap, Profile, PulseMap, SetupWrite } from './profile-types';

const ON = 0xff00;
const OFF = 0;

export type Ask = <T>(request: ModbusRequest<T>, options: RequestOptions) => Promise<T>;

/** Switches the outputs of a device as its profile says. One thing at a time for each output. */
export class OutputWriter {
  /** What the registers of an output are set up for, as far as known. */
  private readonly setUp = new Map<number, string>();
  /** The level that was last ordered. */
  private readonly levels = new Map<number, boolean>();
  private readonly turns = new Map<number, Promise<unknown>>();

  constructor(private readonly profile: Profile, private readonly ask: Ask) {}

  /** The device may have been restarted meanwhile. */
  forget(): void {
    this.setUp.clear();
  }

  /** Sets the registers for an opening of `ms` up, so that the opening itself is one write. Nothing to do on most devices. */
  prepare(output: number, ms: number, deadlineAt: number): Promise<void> {
    const { pulse } = this.profile;
    if (pulse?.kind !== 'setup-start') return Promise.resolve();
    return this.inTurn(output, () => this.setUpPulse(output, pulse, ms, deadlineAt));
  }

  /** DOOR_NOT_ARMED where the device cannot, CONFIG_INVALID naming the nearest time where it cannot keep this one. */
  async pulse(output: number, ms: number, deadlineAt: number): Promise<Confirmation> {
    const { pulse } = this.profile;
    if (pulse === null || pulse.address === null) {
      throw new McError('DOOR_NOT_ARMED', `The device (profile ${this.profile.id}) cannot time an opening itself.`);
    }
    const nearest = nearestPulse(pulse, ms);
    if (nearest !== ms) {
      throw new McError('CONFIG_INVALID', `This device cannot keep an opening of ${ms} ms: set strikeMs to ${nearest}, the nearest it can.`);
    }
    const at = pulse.address + output - 1;
    const units = ms / pulse.unitMs;
    await this.inTurn(output, async () => {
      if (pulse.kind === 'setup-start') await this.setUpPulse(output, pulse, ms, deadlineAt);
      await this.ask(startOf(pulse, at, units), { priority: 'command', deadlineAt });
    });
    return { confirmed: true };
  }

  async set(output: number, on: boolean, deadlineAt: number): Promise<Confirmation> {
    const outputs = this.outputsOrThrow();
    this.levels.set(output, on);
    await this.inTurn(output, async () => {
      if (on && outputs.setup !== undefined) await this.write('level', output, outputs.setup, null, deadlineAt);
      await this.writeLevel(outputs, output, on, deadlineAt);
    });
    return { confirmed: true };
  }

  /** Writes again what was last ordered, for a watchdog that writes feed. Nothing where nothing was ordered yet. */
  async repeat(output: number, deadlineAt: number): Promise<void> {
    const outputs = this.outputsOrThrow();
    if (!this.levels.has(output)) return;
    await this.inTurn(output, () => this.writeLevel(outputs, output, this.levels.get(output) === true, deadlineAt));
  }

  async read(output: number, deadlineAt: number): Promise<boolean | null> {
    const { readBack, off = 0 } = this.outputsOrThrow();
    if (readBack?.address == null) return null;
    const at = readBack.address + output - 1;
    const options: RequestOptions = { priority: 'command', deadlineAt };
    if (readBack.fc === 1 || readBack.fc === 2) return (await this.ask(readBits(readBack.fc, at, 1), options))[0] ?? null;
    // What is read is seldom what was written: relay boards take commands and answer 0 or 1.
    const [value = 0] = await this.ask(readRegisters(readBack.fc, at, 1), options);
    return value !== 0 && value !== off;
  }

  private async writeLevel({ kind, address, on: onValue = 1, off: offValue = 0 }: OutputsMap, output: number, on: boolean, deadlineAt: number): Promise<void> {
    const at = (address ?? 0) + output - 1;
    const request = kind === 'coil' ? writeSingle(5, at, on ? ON : OFF) : writeSingle(6, at, on ? onValue : offValue);
    const options: RequestOptions = { priority: 'command', deadlineAt };
    const restart = this.profile.watchdog?.restart;
    if (restart === undefined) return this.ask(request, options);
    try {
      await this.ask(request, options);
    } catch (error) {
      if (!isMcError(error, 'LINE_EXCEPTION')) throw error;
      // A watchdog that ran out refuses writes until it is started again.
      for (const { address: register, value } of restart) await this.ask(writeSingle(6, register, value), options);
      await this.ask(request, options);
    }
  }

  private setUpPulse(output: number, { setup = [], unitMs }: PulseMap, ms: number, deadlineAt: number): Promise<void> {
    return this.write(`pulse ${ms}`, output, setup, ms / unitMs, deadlineAt);
  }

  private async write(purpose: string, output: number, setup: readonly SetupWrite[], units: number | null, deadlineAt: number): Promise<void> {
    if (this.setUp.get(output) === purpose) return;
    this.setUp.delete(output);
    for (const { address, step, value } of setup) {
      if (address === null) throw new McError('DOOR_NOT_ARMED', `The device (profile ${this.profile.id}): a register that its pulse needs is not known.`);
      await this.ask(writeSingle(6, address + step * (output - 1), value === 'units' ? units ?? 0 : value), { priority: 'command', deadlineAt });
    }
    this.setUp.set(output, purpose);
  }

  /** Setup and start of one output must not mix with those of another order. */
  private inTurn<T>(output: number, work: () => Promise<T>): Promise<T> {
    const former = this.turns.get(output);
    const mine = former === undefined ? work() : former.then(work, work);
    const turn = mine.catch(() => undefined).finally(() => { if (this.turns.get(output) === turn) this.turns.delete(output); });
    this.turns.set(output, turn);
    return mine;
  }

  private outputsOrThrow(): OutputsMap {
    const { outputs, id } = this.profile;
    if (outputs?.address == null) throw new McError('CHANNEL_UNKNOWN', `The device (profile ${id}) has no outputs that are known.`);
    return outputs;
  }
}

function startOf({ kind, command = 0 }: PulseMap, address: number, units: number): ModbusRequest<void> {
  switch (kind) {
    case 'fc5-value': return writeSingle(5, address, units);
    case 'fc6-command': return writeSingle(6, address, command | units);
    case 'setup-start': return writeSingle(5, address, ON);
  }
}
