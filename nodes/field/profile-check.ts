import { McError } from '../credential/mc-error';
import { overlap } from './profile-overlap';
import type { Profile } from './profile-types';
import validate from './profile-validator';

/** The part of ajv's errors that is used; its messages are left out of the generated code. */
interface SchemaError {
  instancePath: string;
  schemaPath: string;
  keyword: string;
  params: Readonly<Record<string, unknown>>;
}

const validator = validate as unknown as { (value: unknown): boolean; errors?: readonly SchemaError[] | null };

/** The value as a profile, or CONFIG_INVALID that names the first field that is wrong. */
export function checkProfile(value: unknown): Profile {
  const wrong = schemaFault(value) ?? unfit(value as Profile) ?? overlap(value as Profile);
  if (wrong !== null) throw new McError('CONFIG_INVALID', `"overrides" does not describe a device: ${wrong}.`);
  return value as Profile;
}

function schemaFault(value: unknown): string | null {
  if (validator(value)) return null;
  const errors = validator.errors ?? [];
  // What a choice of schemas says last is only that none of them held.
  const error = errors.find(({ keyword }) => keyword !== 'oneOf' && keyword !== 'anyOf') ?? errors[0];
  return error === undefined ? 'profile is not valid' : wordsOf(error);
}

function wordsOf({ instancePath, keyword, params }: SchemaError): string {
  const path = instancePath.slice(1).split('/').filter((part) => part !== '')
    .reduce((whole, part) => (/^\d+$/.test(part) ? `${whole}[${part}]` : `${whole}.${part}`), 'profile');
  switch (keyword) {
    case 'required': return `${path}.${String(params['missingProperty'])} is missing`;
    case 'additionalProperties': return `${path}.${String(params['additionalProperty'])} is not known here`;
    case 'enum': return `${path} must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`;
    case 'const': return `${path} must be ${String(params['allowedValue'])}`;
    case 'minimum': return `${path} must be at least ${String(params['limit'])}`;
    case 'maximum': return `${path} must be at most ${String(params['limit'])}`;
    case 'type': return `${path} must be ${TYPES[String(params['type'])] ?? String(params['type'])}`;
    case 'discriminator': return `${path}.handshake must be one of clear-flag, bit-count, sequence, stream`;
    default: return `${path} is not as it must be (${keyword})`;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  integer: 'a whole number', 'integer,null': 'a whole number or null', string: 'text', array: 'a list', object: 'an object', 'object,null': 'an object or null',
};

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
  if (kind === 'setup-start' && !(pulse.setup ?? []).some(({ value }) => value === 'units')) return 'profile.pulse.setup must have a register whose value is "units", the time';
  // The time lies in the bits that the command leaves free.
  const free = kind !== 'fc6-command' || command === 0 ? 0xffff : (command & -command) - 1;
  if (kind !== 'fc5-value' && most > free) return `profile.pulse.maxMs must be at most ${free * unitMs}: the time must fit ${kind === 'fc6-command' ? 'below the command' : 'into a register'}`;
  return null;
}
