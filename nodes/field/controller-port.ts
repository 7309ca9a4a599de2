/** What a reader or a door may ask of the controller it hangs on. `Controller` implements it on a Line. */
import type { Profile } from './profile';

/** Order in which a line serves: smaller first. A door command goes ahead of everything queued. */
export type Priority = 'command' | 'handshake' | 'reader' | 'door' | 'other';

export interface RequestOptions {
  priority: Priority;
  /** Milliseconds since the epoch; a request not sent by then rejects with COMMAND_EXPIRED and is never sent. */
  deadlineAt: number;
  /** Requests under one key that wait at the same time run once and share the answer (polls). */
  key?: string;
  /** A poll's period: how long it may wait before it goes ahead of what is more urgent by its kind. */
  everyMs?: number;
  /** Something happens there right now: on a line that is asked too much this poll keeps its pace, the others slow down. */
  lively?: boolean;
  /** What the device asked takes at once. */
  device?: DeviceLimits;
}

/** What a device can be asked, from its profile. */
export interface DeviceLimits {
  /** Requests outstanding at once. */
  maxInFlight: number;
  /** Most that one read of adjacent addresses may ask for; null: polls are never joined. */
  join: { bits: number; registers: number } | null;
}

export interface Confirmation {
  /** True after the device's answer proved it; null where the profile cannot tell. */
  confirmed: boolean | null;
}

export interface ControllerPort {
  readonly profile: Profile;
  /** True while the line is up. */
  readonly up: boolean;
  /** Coils (function 1) or discrete inputs (function 2). Addresses count from 0. */
  readBits(fc: 1 | 2, address: number, count: number, options: RequestOptions): Promise<boolean[]>;
  /** Holding (function 3) or input registers (function 4). */
  readRegisters(fc: 3 | 4, address: number, count: number, options: RequestOptions): Promise<number[]>;
  /** Function 5 with FF00 / 0000; the echo is compared, ANSWER_INVALID otherwise. */
  writeCoil(address: number, on: boolean, options: RequestOptions): Promise<void>;
  /** Function 6; the echo is compared. */
  writeRegister(address: number, value: number, options: RequestOptions): Promise<void>;
  /** All inputs of the device, index 0 = input 1. Polls of several doors on one device run as one. */
  watchInputs(pollMs: number, onInputs: (inputs: boolean[], at: number) => void, onError: (error: Error) => void): () => void;
  /** Output (from 1) on for `ms`, timed by the device where the profile can; else rejects with DOOR_NOT_ARMED. */
  pulse(output: number, ms: number, deadlineAt: number): Promise<Confirmation>;
  setOutput(output: number, on: boolean, deadlineAt: number): Promise<Confirmation>;
  /** State of an output as read back, null where the profile has no read-back. */
  readOutput(output: number, deadlineAt: number): Promise<boolean | null>;
  /**
   * Throws CHANNEL_UNKNOWN, or STRIKE_SHARED when somebody else claimed it. What the device needs to time an opening of
   * `pulseMs` is set up at each connect, and its watchdog is read back. Returns the release.
   */
  claimOutput(output: number, owner: string, pulseMs?: number): () => void;
  /** Throws CONFIG_INVALID where another node takes the cards of this reader already. Returns the release. */
  claimReader(reader: number, owner: string): () => void;
  /** Throws CHANNEL_UNKNOWN where the profile has no such input. */
  checkInput(input: number): void;
  /** Reason why a timed opening on this output cannot be trusted to end, in words, or null when it can. */
  whyNotArmed(output: number, hostPulse: boolean): string | null;
  /** Called whenever `whyNotArmed` may answer otherwise than before. */
  onArming(listener: () => void): () => void;
  /** Called at once with the present state and then on each change. */
  onLine(listener: (up: boolean) => void): () => void;
  /** Called with bytes that came on the line while nothing was asked; RTU lines only. Returns the end of it. */
  onBytes(listener: (bytes: Buffer) => void): () => void;
  /** Something was seen that may cause a command: for a moment the line sends nothing else. */
  expectCommand(): void;
}
