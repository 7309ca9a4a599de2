/** Words of a door, as in the flow contract. */

export type DoorCommand = 'open' | 'lock' | 'unlock' | 'release' | 'status';

/** Who asks; higher rank wins: fire > lockdown > operator > schedule > grant. */
export type DoorSource = 'fire' | 'lockdown' | 'operator' | 'schedule' | 'grant';

export type DoorState = 'locked' | 'unlocked' | 'granted' | 'unknown';

export type DoorEventName =
  | 'opened' | 'closed' | 'forced-open' | 'forced-open-cleared' | 'held-open' | 'held-open-cleared' | 'held-open-soon' | 'exit-request'
  | 'tamper' | 'tamper-cleared' | 'locked' | 'unlocked' | 'line-down' | 'line-up';

export type DoorCause = 'grant' | 'exit' | 'operator' | 'schedule' | 'lockdown' | 'fire' | 'forced' | 'line';

/** Output 1 of `mc-door`. */
export interface DoorAnswer {
  door: string;
  command: DoorCommand;
  state: DoorState;
  /** True only after the device said so; null where the profile cannot tell. */
  confirmed: boolean | null;
  at: string;
  /** From the input's arrival to the write's answer. */
  latencyMs: number;
}

/** Output 2 of `mc-door`. */
export interface DoorEvent {
  door: string;
  event: DoorEventName;
  cause: DoorCause;
  at: string;
}

/** Settings of a door, with the defaults of the contract already applied. Inputs and outputs count from 1. */
export interface DoorSettings {
  door: string;
  strike: number;
  contact: number | null;
  exit: number | null;
  tamper: number | null;
  contactClosedIs: 0 | 1;
  exitActiveIs: 0 | 1;
  tamperActiveIs: 0 | 1;
  exitOpens: boolean;
  strikeMs: number;
  /** The same for a person who needs longer; null: no longer than others. */
  extendedStrikeMs: number | null;
  heldOpenMs: number;
  /** So long before held open it is announced; 0: it is not. */
  preAlarmMs: number;
  relock: 'onOpen' | 'onClose' | 'afterStrike';
  debounceMs: number;
  shuntMs: number;
  failMode: 'secure' | 'safe';
  hostPulse: boolean;
  maxDecisionAgeMs: number;
  pollMs: number;
}
