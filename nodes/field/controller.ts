import { McError } from '../credential/mc-error';
import type { Confirmation, ControllerPort, RequestOptions } from './controller-port';
import { InputPoll } from './input-poll';
import type { Line } from './line';
import { type ModbusRequest, readBits, readRegisters, writeSingle } from './modbus-pdu';
import { OutputArming } from './output-arming';
import { OutputWriter } from './output-writer';
import type { InputsMap, Profile } from './profile-types';

const ON = 0xff00;
const OFF = 0;

/** A device on a line, spoken to as its profile says. */
export class Controller implements ControllerPort {
  private readonly inputs: InputPoll;
  private readonly writer: OutputWriter;
  private readonly arming: OutputArming;
  private readonly unfollow: () => void;

  constructor(private readonly line: Line, private readonly unit: number, readonly profile: Profile) {
    const ask = <T>(request: ModbusRequest<T>, options: RequestOptions): Promise<T> => this.ask(request, options);
    this.inputs = new InputPoll((how) => this.readInputs(how), () => this.up);
    this.writer = new OutputWriter(profile, ask);
    this.arming = new OutputArming(profile, ask, this.writer);
    this.unfollow = this.onLine((up) => {
      this.arming.line(up);
      if (up) this.inputs.now();
    });
  }

  get up(): boolean {
    return this.line.state === 'up';
  }

  readBits(fc: 1 | 2, address: number, count: number, options: RequestOptions): Promise<boolean[]> {
    return this.ask(readBits(fc, address, count), options);
  }

  readRegisters(fc: 3 | 4, address: number, count: number, options: RequestOptions): Promise<number[]> {
    return this.ask(readRegisters(fc, address, count), options);
  }

  writeCoil(address: number, on: boolean, options: RequestOptions): Promise<void> {
    return this.ask(writeSingle(5, address, on ? ON : OFF), options);
  }

  writeRegister(address: number, value: number, options: RequestOptions): Promise<void> {
    return this.ask(writeSingle(6, address, value), options);
  }

  watchInputs(pollMs: number, onInputs: (inputs: boolean[], at: number) => void, onError: (error: Error) => void): () => void {
    return this.inputs.watch(pollMs, onInputs, onError);
  }

  async pulse(output: number, ms: number, deadlineAt: number): Promise<Confirmation> {
    this.checkOutput(output);
    this.inputs.expectChange();
    return this.writer.pulse(output, ms, deadlineAt);
  }

  async setOutput(output: number, on: boolean, deadlineAt: number): Promise<Confirmation> {
    this.checkOutput(output);
    // Every door locks its strike when its line comes up: that alone makes none of them one in use.
    if (on) this.inputs.expectChange();
    return this.writer.set(output, on, deadlineAt);
  }

  async readOutput(output: number, deadlineAt: number): Promise<boolean | null> {
    this.checkOutput(output);
    return this.writer.read(output, deadlineAt);
  }

  claimOutput(output: number, owner: string, pulseMs?: number): () => void {
    this.checkOutput(output);
    const { outputs } = this.profile;
    const release = this.line.claims.claim(
      `${this.unit} ${outputs?.kind ?? ''} ${(outputs?.address ?? 0) + output - 1}`, owner,
      (holder) => new McError('STRIKE_SHARED', `Output ${output} of this controller is the strike of door "${holder}" already. Give each door its own.`));
    const disarm = this.arming.claim(output, pulseMs);
    return () => {
      disarm();
      release();
    };
  }

  claimReader(reader: number, owner: string): () => void {
    return this.line.claims.claim(`${this.unit} reader ${JSON.stringify(this.profile.readers[reader - 1])}`, owner,
      (holder) => new McError('CONFIG_INVALID', `The cards of reader ${reader} of this controller go to "${holder}" already: two nodes would take them from each other. Wire that node to both places.`));
  }

  checkInput(input: number): void {
    const count = this.profile.inputs?.count ?? 0;
    if (Number.isInteger(input) && input >= 1 && input <= count) return;
    throw new McError('CHANNEL_UNKNOWN', `${this.device} has ${count === 0 ? 'no inputs' : `inputs 1 to ${count}`}: input ${input} does not exist.`);
  }

  whyNotArmed(output: number, hostPulse: boolean): string | null {
    const { outputs, pulse, watchdog } = this.profile;
    if (outputs === null || outputs.address === null) return `the register of the outputs of ${this.device} is not known`;
    if (hostPulse) return null;
    if ((pulse === null || pulse.address === null) && watchdog === null) {
      return `${this.device} can neither time an opening itself nor be relied on to fall to a safe value when this computer dies; "hostPulse" allows it all the same`;
    }
    const why = this.arming.why(output);
    return why === null ? null : `${why}; set it so, or "hostPulse" allows it all the same`;
  }

  onArming(listener: () => void): () => void {
    return this.arming.onChange(listener);
  }

  onLine(listener: (up: boolean) => void): () => void {
    let last: boolean | null = null;
    return this.line.onState((state) => {
      const up = state === 'up';
      if (up !== last) listener((last = up));
    });
  }

  onLoad(listener: (load: number) => void): () => void {
    return this.line.onLoad(listener);
  }

  onBytes(listener: (bytes: Buffer) => void): () => void {
    return this.line.onBytes(listener);
  }

  expectCommand(): void {
    this.line.expectCommand();
  }

  /** Stops polling. */
  close(): void {
    this.unfollow();
    this.inputs.stop();
    this.arming.close();
  }

  private ask<T>(request: ModbusRequest<T>, options: RequestOptions): Promise<T> {
    const { maxInFlight, join } = this.profile;
    return this.line.request(this.unit, request, { ...options, device: { maxInFlight, join } });
  }

  private checkOutput(output: number): void {
    const count = this.profile.outputs?.count ?? 0;
    if (Number.isInteger(output) && output >= 1 && output <= count) return;
    throw new McError('CHANNEL_UNKNOWN', `${this.device} has ${count === 0 ? 'no outputs' : `outputs 1 to ${count}`}: output ${output} cannot be a strike.`);
  }

  private readInputs(how: { deadlineAt: number; everyMs: number; lively: boolean }): Promise<boolean[]> {
    const { fc, address, count } = this.inputsOrThrow();
    return this.readBits(fc, address ?? 0, count, { ...how, priority: 'door', key: 'inputs' });
  }

  private inputsOrThrow(): InputsMap {
    if (this.profile.inputs?.address == null) throw new McError('CHANNEL_UNKNOWN', `${this.device} has no inputs that are known.`);
    return this.profile.inputs;
  }

  private get device(): string {
    return `The device (profile ${this.profile.id})`;
  }
}
