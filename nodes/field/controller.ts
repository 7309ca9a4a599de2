import { McError } from '../credential/mc-error';
import type { Confirmation, ControllerPort, RequestOptions } from './controller-port';
import { InputPoll } from './input-poll';
import type { Line } from './line';
import { readBits, readRegisters, writeSingle } from './modbus-pdu';
import { nearestPulse } from './nearest-pulse';
import type { InputsMap, OutputsMap, Profile } from './profile-types';

const ON = 0xff00;
const OFF = 0;

/** A device on a line, spoken to as its profile says. */
export class Controller implements ControllerPort {
  private readonly claims = new Map<number, string>();
  private readonly inputs: InputPoll;

  constructor(private readonly line: Line, private readonly unit: number, readonly profile: Profile) {
    this.inputs = new InputPoll((deadlineMs) => this.readInputs(Date.now() + deadlineMs), () => this.up);
  }

  get up(): boolean {
    return this.line.state === 'up';
  }

  readBits(fc: 1 | 2, address: number, count: number, options: RequestOptions): Promise<boolean[]> {
    return this.line.request(this.unit, readBits(fc, address, count), options);
  }

  readRegisters(fc: 3 | 4, address: number, count: number, options: RequestOptions): Promise<number[]> {
    return this.line.request(this.unit, readRegisters(fc, address, count), options);
  }

  writeCoil(address: number, on: boolean, options: RequestOptions): Promise<void> {
    return this.line.request(this.unit, writeSingle(5, address, on ? ON : OFF), options);
  }

  writeRegister(address: number, value: number, options: RequestOptions): Promise<void> {
    return this.line.request(this.unit, writeSingle(6, address, value), options);
  }

  watchInputs(pollMs: number, onInputs: (inputs: boolean[], at: number) => void, onError: (error: Error) => void): () => void {
    return this.inputs.watch(pollMs, onInputs, onError);
  }

  async pulse(output: number, ms: number, deadlineAt: number): Promise<Confirmation> {
    const { pulse } = this.profile;
    this.checkOutput(output);
    if (pulse === null || pulse.address === null) {
      throw new McError('DOOR_NOT_ARMED', `${this.device} cannot time an opening itself.`);
    }
    const nearest = nearestPulse(pulse, ms);
    if (nearest !== ms) {
      throw new McError('CONFIG_INVALID', `This device cannot keep an opening of ${ms} ms: set strikeMs to ${nearest}, the nearest it can.`);
    }
    const units = ms / pulse.unitMs;
    const request = pulse.kind === 'fc5-value'
      ? writeSingle(5, pulse.address + output - 1, units)
      : writeSingle(6, pulse.address + output - 1, (pulse.command ?? 0) | units);
    await this.line.request(this.unit, request, { priority: 'command', deadlineAt });
    return { confirmed: true };
  }

  async setOutput(output: number, on: boolean, deadlineAt: number): Promise<Confirmation> {
    this.checkOutput(output);
    const { kind, address, on: onValue = 1, off: offValue = 0 } = this.outputsOrThrow();
    const at = (address ?? 0) + output - 1;
    const options: RequestOptions = { priority: 'command', deadlineAt };
    if (kind === 'coil') await this.writeCoil(at, on, options);
    else await this.writeRegister(at, on ? onValue : offValue, options);
    return { confirmed: true };
  }

  async readOutput(output: number, deadlineAt: number): Promise<boolean | null> {
    this.checkOutput(output);
    const { readBack, off = 0 } = this.outputsOrThrow();
    if (readBack === null || readBack.address === null) return null;
    const at = readBack.address + output - 1;
    const options: RequestOptions = { priority: 'command', deadlineAt };
    if (readBack.fc === 1 || readBack.fc === 2) return (await this.readBits(readBack.fc, at, 1, options))[0] ?? null;
    // What is read is seldom what was written: relay boards take commands and answer 0 or 1.
    const [value = 0] = await this.readRegisters(readBack.fc, at, 1, options);
    return value !== 0 && value !== off;
  }

  claimOutput(output: number, owner: string): () => void {
    this.checkOutput(output);
    const holder = this.claims.get(output);
    if (holder !== undefined) {
      throw new McError('STRIKE_SHARED', `Output ${output} of this controller is the strike of door "${holder}" already. Give each door its own.`);
    }
    this.claims.set(output, owner);
    return () => { if (this.claims.get(output) === owner) this.claims.delete(output); };
  }

  checkInput(input: number): void {
    const count = this.profile.inputs?.count ?? 0;
    if (Number.isInteger(input) && input >= 1 && input <= count) return;
    throw new McError('CHANNEL_UNKNOWN', `${this.device} has ${count === 0 ? 'no inputs' : `inputs 1 to ${count}`}: input ${input} does not exist.`);
  }

  whyNotArmed(_output: number, hostPulse: boolean): string | null {
    const { outputs, pulse } = this.profile;
    if (outputs === null || outputs.address === null) return `the register of the outputs of ${this.device} is not known`;
    if (hostPulse || (pulse !== null && pulse.address !== null)) return null;
    return `${this.device} can neither time an opening itself nor be relied on to fall to a safe value when this computer dies; "hostPulse" allows it all the same`;
  }

  onLine(listener: (up: boolean) => void): () => void {
    let last: boolean | null = null;
    return this.line.onState((state) => {
      const up = state === 'up';
      if (up !== last) listener((last = up));
    });
  }

  /** Stops polling. */
  close(): void {
    this.inputs.stop();
  }

  private checkOutput(output: number): void {
    const count = this.profile.outputs?.count ?? 0;
    if (Number.isInteger(output) && output >= 1 && output <= count) return;
    throw new McError('CHANNEL_UNKNOWN', `${this.device} has ${count === 0 ? 'no outputs' : `outputs 1 to ${count}`}: output ${output} cannot be a strike.`);
  }

  private readInputs(deadlineAt: number): Promise<boolean[]> {
    const { fc, address, count } = this.inputsOrThrow();
    return this.readBits(fc, address ?? 0, count, { priority: 'door', deadlineAt, key: 'inputs' });
  }

  private inputsOrThrow(): InputsMap {
    if (this.profile.inputs?.address == null) throw new McError('CHANNEL_UNKNOWN', `${this.device} has no inputs that are known.`);
    return this.profile.inputs;
  }

  private outputsOrThrow(): OutputsMap {
    if (this.profile.outputs?.address == null) throw new McError('CHANNEL_UNKNOWN', `${this.device} has no outputs that are known.`);
    return this.profile.outputs;
  }

  private get device(): string {
    return `The device (profile ${this.profile.id})`;
  }
}
