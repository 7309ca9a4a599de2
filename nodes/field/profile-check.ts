import { McError } from '../credential/mc-error';
import type { Profile } from './profile-types';

/** What a value must be; returns what is wrong with it, with the path of the field, or null. */
type Check = (value: unknown, path: string) => string | null;

const text: Check = (value, path) => (typeof value === 'string' ? null : `${path} must be text`);
const texts: Check = list(text);
const number = (min: number, max: number): Check => (value, path) =>
  (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? null : `${path} must be a whole number from ${min} to ${max}`);
const register = number(0, 65_535);
const orNull = (check: Check): Check => (value, path) => (value === null ? null : check(value, path));
const optional = (check: Check): Check => (value, path) => (value === undefined ? null : check(value, path));
const oneOf = (...choices: unknown[]): Check => (value, path) => (choices.includes(value) ? null : `${path} must be one of ${choices.join(', ')}`);
const anything: Check = () => null;

function list(check: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return `${path} must be a list`;
    return first(value.map((item: unknown, index) => check(item, `${path}[${index}]`)));
  };
}

function fields(checks: Readonly<Record<string, Check>>): Check {
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${path} must be an object`;
    const unknown = Object.keys(value).find((name) => !(name in checks));
    if (unknown !== undefined) return `${path}.${unknown} is not known; known are ${Object.keys(checks).join(', ')}`;
    return first(Object.entries(checks).map(([name, check]) => check((value as Record<string, unknown>)[name], `${path}.${name}`)));
  };
}

const block = (...fcs: number[]): Check => fields({ fc: oneOf(...fcs), address: orNull(register), words: number(1, 120) });
const id = fields({ address: orNull(register), words: number(1, 120) });
const place = fields({ kind: oneOf('coil', 'register'), address: orNull(register) });

const READERS: Readonly<Record<string, Check>> = {
  'clear-flag': fields({
    handshake: text, flag: fields({ fc: oneOf(1, 2, 3, 4), address: orNull(register) }), id: block(3, 4),
    clear: place, reset: optional(orNull(place)), example: anything,
  }),
  'bit-count': fields({ handshake: text, fc: oneOf(3, 4), count: orNull(register), id, example: anything }),
  sequence: fields({ handshake: text, fc: oneOf(3, 4), sequence: orNull(register), bits: orNull(register), id, example: anything }),
  stream: fields({ handshake: text, example: anything }),
};

const reader: Check = (value, path) => {
  const kind = (value as { handshake?: unknown } | null)?.handshake;
  const check = typeof kind === 'string' ? READERS[kind] : undefined;
  return check === undefined ? `${path}.handshake must be one of ${Object.keys(READERS).join(', ')}` : check(value, path);
};

const profile = fields({
  id: text, vendor: text, model: text,
  inputs: orNull(fields({ fc: oneOf(1, 2), address: orNull(register), count: number(1, 2000) })),
  outputs: orNull(fields({
    kind: oneOf('coil', 'register'), address: orNull(register), count: number(1, 2000),
    readBack: orNull(fields({ fc: oneOf(1, 2, 3, 4), address: orNull(register) })), on: optional(register), off: optional(register),
  })),
  pulse: orNull(fields({
    kind: oneOf('fc5-value', 'fc6-command'), address: orNull(register), command: optional(register), unitMs: number(1, 60_000),
    minMs: number(1, 86_400_000), maxMs: number(1, 86_400_000),
  })),
  watchdog: orNull(fields({ description: text, timeRegister: orNull(register), safeValueRegister: orNull(register) })),
  readers: list(reader),
  wordOrder: oneOf('high-first', 'low-first'), maxInFlight: number(1, 16), cautions: texts, source: text,
  verified: oneOf('bench', 'manual', 'third-party', 'simulated'),
});

/** The value as a profile, or CONFIG_INVALID that names the first field that is wrong. */
export function checkProfile(value: unknown): Profile {
  const wrong = profile(value, 'profile')
    ?? unfit(value as Profile);
  if (wrong !== null) throw new McError('CONFIG_INVALID', `"overrides" does not describe a device: ${wrong}.`);
  return value as Profile;
}

/** What each field allows by itself, but the device could not do. */
function unfit({ inputs, outputs, pulse }: Profile): string | null {
  const past = (at: { address: number | null; count: number } | null): boolean => at?.address != null && at.address + at.count > 0x1_0000;
  if (past(inputs)) return 'profile.inputs.count runs past the last address, 65535';
  if (past(outputs)) return 'profile.outputs.count runs past the last address, 65535';
  if (pulse === null) return null;
  const { kind, command = 0, unitMs, minMs, maxMs } = pulse;
  if (minMs > maxMs) return 'profile.pulse.minMs must not be more than profile.pulse.maxMs';
  if (minMs % unitMs !== 0) return `profile.pulse.minMs must be a multiple of profile.pulse.unitMs, ${unitMs}`;
  if (maxMs % unitMs !== 0) return `profile.pulse.maxMs must be a multiple of profile.pulse.unitMs, ${unitMs}`;
  const most = maxMs / unitMs;
  // FF00 is no time: it is what function 5 switches on for good.
  if (kind === 'fc5-value' && most >= 0xff00) return `profile.pulse.maxMs must be below ${0xff00 * unitMs}: the time goes out as a number of units below 65280`;
  // The time lies in the bits that the command leaves free.
  const free = command === 0 ? 0xffff : (command & -command) - 1;
  if (kind === 'fc6-command' && most > free) return `profile.pulse.maxMs must be at most ${free * unitMs}: the time must fit below the command`;
  return null;
}

function first(results: (string | null)[]): string | null {
  return results.find((result) => result !== null) ?? null;
}
