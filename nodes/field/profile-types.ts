/**
 * What a device is, as data: one JSON file each in `profiles/`. Register addresses count from 0, as on the wire. A
 * register that no source gives is null, and the function that needs it refuses to arm.
 */
export interface Profile {
  id: string;
  vendor: string;
  model: string;
  inputs: InputsMap | null;
  outputs: OutputsMap | null;
  /** How the device itself times an opening; null: it cannot. */
  pulse: PulseMap | null;
  /** What the device does when the host falls silent; null: nothing is known. */
  watchdog: WatchdogMap | null;
  readers: ReaderMap[];
  wordOrder: 'high-first' | 'low-first';
  /** Requests that the device takes at once. */
  maxInFlight: number;
  /** What an integrator must know, in words. */
  cautions: string[];
  source: string;
  verified: 'bench' | 'manual' | 'third-party' | 'simulated';
}

/** Inputs as bits; input 1 is at `address`. */
export interface InputsMap { fc: 1 | 2; address: number | null; count: number }

/** Outputs; output 1 is at `address`, the next `step` further. `register`: function 6 with these values. */
export interface OutputsMap {
  kind: 'coil' | 'register';
  address: number | null;
  count: number;
  /** Where an output's state is read back; null: not at all. */
  readBack: { fc: 1 | 2 | 3 | 4; address: number | null } | null;
  /** For kind `register`: what switches on and off. */
  on?: number;
  off?: number;
}

/**
 * A timed opening of output n: `fc5-value` writes the time as the value of function 5 to `address` + n - 1;
 * `fc6-command` writes `command` plus the time by function 6. The time counts in `unitMs`.
 */
export interface PulseMap {
  kind: 'fc5-value' | 'fc6-command';
  address: number | null;
  command?: number;
  unitMs: number;
  minMs: number;
  maxMs: number;
}

/** Registers that must hold `expect` before a door on this device is armed. */
export interface WatchdogMap { description: string; timeRegister: number | null; safeValueRegister: number | null }

export type ReaderMap = (
  | {
    /** A flag is set with each card and the host clears it. */
    handshake: 'clear-flag';
    flag: { fc: 1 | 2 | 3 | 4; address: number };
    id: { fc: 3 | 4; address: number; words: number };
    clear: { kind: 'coil' | 'register'; address: number };
    /** Set by the device when it started; null: it does not tell. */
    reset?: { kind: 'coil' | 'register'; address: number } | null;
  }
  | {
    /** The number of bits is set with each card and the host clears it. */
    handshake: 'bit-count';
    fc: 3 | 4;
    /** Register whose low byte counts the bits of a waiting card; written with 0 when it is taken. */
    count: number;
    id: { address: number; words: number };
  }
  | {
    /** A number counts up with each card; nothing is cleared. */
    handshake: 'sequence';
    fc: 3 | 4;
    sequence: number;
    bits: number | null;
    id: { address: number; words: number };
  }
  | { handshake: 'stream' }
) & { example?: unknown };
