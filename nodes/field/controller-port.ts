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
  /** Throws CHANNEL_UNKNOWN, or STRIKE_SHARED when somebody else claimed it. Returns the release. */
  claimOutput(output: number, owner: string): () => void;
  /** Throws CHANNEL_UNKNOWN where the profile has no such input. */
  checkInput(input: number): void;
  /** Reason why a timed opening on this output cannot be trusted to end, in words, or null when it can. */
  whyNotArmed(output: number, hostPulse: boolean): string | null;
  /** Called at once with the present state and then on each change. */
  onLine(listener: (up: boolean) => void): () => void;
}
