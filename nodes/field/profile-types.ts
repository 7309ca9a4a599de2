/**
 * What a device is, as data: one JSON file each in `profiles/`, held to `profile-schema.json`. Register addresses count
 * from 0, as on the wire. A register that no source gives is null, and the function that needs it refuses to arm.
 */
export interface Profile {
  id: string;
  vendor: string;
  model: string;
  inputs: InputsMap | null;
  outputs: OutputsMap | null;
  /** How the device itself times an opening; null: it cannot. */
  pulse: PulseMap | null;
  /** How the device falls to a safe value when the host falls silent; null: it does not, or nothing is known. */
  watchdog: WatchdogMap | null;
  readers: ReaderMap[];
  /** Most that one read of adjacent addresses may ask for; null: polls are never joined. */
  join: { bits: number; registers: number } | null;
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

/** Outputs; output 1 is at `address`, the others follow. `register`: function 6 with these values. */
export interface OutputsMap {
  kind: 'coil' | 'register';
  address: number | null;
  count: number;
  /** Where an output's state is read back; null or left out: not at all. */
  readBack?: { fc: 1 | 2 | 3 | 4; address: number | null } | null;
  /** For kind `register`: what switches on and off. */
  on?: number;
  off?: number;
  /** What must be set before an output is switched on for good, where a pulse needs it otherwise. */
  setup?: SetupWrite[];
}

/** A register written by function 6 before: for output n at `address` + `step` × (n - 1). */
export interface SetupWrite {
  address: number | null;
  step: number;
  /** `units`: the time of the opening in `unitMs`. */
  value: number | 'units';
}

/**
 * A timed opening of output n: `fc5-value` writes the time as the value of function 5 to `address` + n - 1;
 * `fc6-command` writes `command` plus the time by function 6; `setup-start` needs registers set up, and starts with the
 * coil at `address` + n - 1. The time counts in `unitMs`.
 */
export interface PulseMap {
  kind: 'fc5-value' | 'fc6-command' | 'setup-start';
  address: number | null;
  command?: number;
  setup?: SetupWrite[];
  unitMs: number;
  minMs: number;
  maxMs: number;
}

/** What must be so before a door whose opening the host ends is armed: it is read back at every connect. */
export interface WatchdogMap {
  description: string;
  /** The time after which the device falls to the safe value: not 0, and at most `maxMs`. */
  time: { fc: 3 | 4; address: number | null; unitMs: number; maxMs: number };
  /** Values of further registers or bits; `step`: each output has its own. */
  demands: { fc: 1 | 2 | 3 | 4; address: number | null; step?: number; equals: number; says: string }[];
  /** What is written, in this order, to a watchdog that ran out, so that the device takes writes again. */
  restart?: { address: number; value: number }[];
}

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
  | {
    /** The device sends each card as text, by itself. */
    handshake: 'stream';
    /** What ends a card: the end of a line (as it is left out), or a pause. */
    end?: 'line' | 'pause';
  }
) & { example?: unknown };
