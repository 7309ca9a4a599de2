import { McError } from '../credential/mc-error';
import adam6060 from './profiles/advantech-adam-6060.json';
import barix from './profiles/barix-x8.json';
import beckhoff from './profiles/beckhoff-bk9000.json';
import eletechsup from './profiles/eletechsup-r421a08.json';
import generic from './profiles/generic.json';
import icpdas from './profiles/icpdas-et-2260.json';
import inveoInd from './profiles/inveo-rfid-ind.json';
import inveoMb10 from './profiles/inveo-rfid-mb-10.json';
import moxa from './profiles/moxa-e1214.json';
import rfideas from './profiles/rfideas-wave-id.json';
import simulator from './profiles/simulator.json';
import wago from './profiles/wago-750.json';
import waveshareIo from './profiles/waveshare-io-8.json';
import waveshareRelay from './profiles/waveshare-relay-8.json';
import { checkProfile } from './profile-check';
import type { Profile } from './profile-types';

export type { Profile } from './profile-types';

const PROFILES: readonly unknown[] = [
  generic, simulator, waveshareRelay, waveshareIo, eletechsup, moxa, adam6060, icpdas, wago, beckhoff, inveoInd, inveoMb10, rfideas, barix,
];

/** IDs of the profiles that are shipped. */
export const PROFILE_IDS: readonly string[] = PROFILES.map((profile) => (profile as { id: string }).id);

/**
 * A shipped profile with the fields of `overrides` in place of its own: objects field by field, lists as a whole.
 * Throws PROFILE_UNKNOWN, or CONFIG_INVALID naming the field.
 */
export function resolveProfile(id: string, overrides: unknown): Profile {
  const shipped = PROFILES.find((profile) => (profile as { id: string }).id === id);
  if (shipped === undefined) {
    throw new McError('PROFILE_UNKNOWN', `There is no device profile "${id}". Choose one of ${PROFILE_IDS.join(', ')}; "generic" with overrides describes any other device.`);
  }
  if (overrides === undefined || overrides === null) return checkProfile(shipped);
  if (typeof overrides !== 'object' || Array.isArray(overrides)) throw new McError('CONFIG_INVALID', '"overrides" must be a JSON object.');
  // A profile keeps its name, whatever is overridden.
  return checkProfile({ ...merged(shipped as Record<string, unknown>, overrides as Record<string, unknown>), id });
}

function merged(base: Readonly<Record<string, unknown>>, changes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const result: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(changes)) {
    const former = result[name];
    result[name] = isObject(former) && isObject(value) ? merged(former, value) : value;
  }
  return result;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
