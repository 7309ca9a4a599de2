/** A controller in memory, for the tests of readers and doors: registers to set, writes to look at, faults to order. */
import { McError } from '../../nodes/credential/mc-error';
import type { Confirmation, ControllerPort, RequestOptions } from '../../nodes/field/controller-port';
import type { Profile } from '../../nodes/field/profile';

export class FakeController implements ControllerPort {
  profile: Profile;
  up = true;
  armed: string | null = null;
  inputs: boolean[] = Array.from({ length: 8 }, () => false);
  outputs: boolean[] = Array.from({ length: 8 }, () => false);
  bits = new Map<number, boolean>();
  registers = new Map<number, number>();
  log: string[] = [];
  /** Errors for the next writes to outputs (null = none). */
  writeErrors: (Error | null)[] = [];
  /** Errors for the next reads and register writes (null = none). */
  readErrors: (Error | null)[] = [];
  /** Called before each read and register write, e.g. to change registers between two reads. */
  onAccess: (what: string) => void = () => {};
  inputError: Error | null = null;
  latencyMs = 0;
  /** How often a command was announced. */
  expected = 0;
  private claims = new Map<number, string>();
  private listeners = new Set<(up: boolean) => void>();
  private armingListeners = new Set<() => void>();
  timers = new Set<NodeJS.Timeout>();

  constructor(profile: Partial<Profile>) {
    this.profile = profile as Profile;
  }

  setUp(up: boolean): void {
    this.up = up;
    for (const listener of this.listeners) listener(up);
  }

  async readBits(fc: 1 | 2, address: number, count: number, options: RequestOptions): Promise<boolean[]> {
    await this.access(`readBits ${fc} ${address} ${count}`, options);
    return Array.from({ length: count }, (_, index) => this.bits.get(address + index) ?? false);
  }

  async readRegisters(fc: 3 | 4, address: number, count: number, options: RequestOptions): Promise<number[]> {
    await this.access(`readRegisters ${fc} ${address} ${count}`, options);
    return Array.from({ length: count }, (_, index) => this.registers.get(address + index) ?? 0);
  }

  async writeCoil(address: number, on: boolean, options: RequestOptions): Promise<void> {
    await this.access(`writeCoil ${address} ${on}`, options);
    this.bits.set(address, on);
  }

  async writeRegister(address: number, value: number, options: RequestOptions): Promise<void> {
    await this.access(`writeRegister ${address} ${value}`, options);
    this.registers.set(address, value);
  }

  watchInputs(pollMs: number, onInputs: (inputs: boolean[], at: number) => void, onError: (error: Error) => void): () => void {
    const timer = setInterval(() => {
      if (!this.up) return;
      if (this.inputError) onError(this.inputError);
      else onInputs([...this.inputs], Date.now());
    }, pollMs);
    this.timers.add(timer);
    return () => { clearInterval(timer); this.timers.delete(timer); };
  }

  async pulse(output: number, ms: number, deadlineAt: number): Promise<Confirmation> {
    await this.write(`pulse ${output} ${ms}`, deadlineAt);
    this.outputs[output - 1] = true;
    setTimeout(() => { this.outputs[output - 1] = false; }, ms).unref();
    return { confirmed: true };
  }

  async setOutput(output: number, on: boolean, deadlineAt: number): Promise<Confirmation> {
    await this.write(`setOutput ${output} ${on}`, deadlineAt);
    this.outputs[output - 1] = on;
    return { confirmed: true };
  }

  async readOutput(output: number): Promise<boolean | null> {
    return Promise.resolve(this.outputs[output - 1] ?? null);
  }

  claimOutput(output: number, owner: string): () => void {
    if (output < 1 || output > this.outputs.length) throw new McError('CHANNEL_UNKNOWN', `no output ${output}`);
    const other = this.claims.get(output);
    if (other !== undefined) throw new McError('STRIKE_SHARED', `output ${output} is the strike of ${other}`);
    this.claims.set(output, owner);
    return () => { this.claims.delete(output); };
  }

  claimReader(): () => void {
    return () => {};
  }

  onArming(listener: () => void): () => void {
    this.armingListeners.add(listener);
    return () => { this.armingListeners.delete(listener); };
  }

  setArmed(why: string | null): void {
    this.armed = why;
    for (const listener of this.armingListeners) listener();
  }

  /** Bytes that the device sends by itself. */
  readonly byteListeners = new Set<(bytes: Buffer) => void>();

  onBytes(listener: (bytes: Buffer) => void): () => void {
    this.byteListeners.add(listener);
    return () => { this.byteListeners.delete(listener); };
  }

  expectCommand(): void {
    this.expected += 1;
  }

  checkInput(input: number): void {
    if (input < 1 || input > this.inputs.length) throw new McError('CHANNEL_UNKNOWN', `no input ${input}`);
  }

  whyNotArmed(_output: number, hostPulse: boolean): string | null {
    return hostPulse ? null : this.armed;
  }

  onLine(listener: (up: boolean) => void): () => void {
    this.listeners.add(listener);
    listener(this.up);
    return () => { this.listeners.delete(listener); };
  }

  /** What was written to outputs. */
  get writes(): string[] {
    return this.log.filter((entry) => /^(pulse|setOutput)/.test(entry));
  }

  /** Nothing may be left behind. */
  get leftovers(): number {
    return this.claims.size + this.listeners.size + this.timers.size;
  }

  private async access(what: string, { deadlineAt }: RequestOptions): Promise<void> {
    if (this.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, this.latencyMs));
    else await Promise.resolve();
    this.check(deadlineAt);
    const error = this.readErrors.shift();
    if (error) throw error;
    this.log.push(what);
    this.onAccess(what);
  }

  private async write(what: string, deadlineAt: number): Promise<void> {
    if (this.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, this.latencyMs));
    this.check(deadlineAt);
    this.log.push(what);
    const error = this.writeErrors.shift();
    if (error) throw error;
  }

  private check(deadlineAt: number): void {
    if (!this.up) throw new McError('LINE_DOWN', 'the line is down');
    if (deadlineAt < Date.now()) throw new McError('COMMAND_EXPIRED', 'too late');
  }
}
