import { type Profile, resolveProfile } from '../../field/profile';
import { editor } from './red';
import { isVariable } from './variable';

/** What the controller with this id is, or null where that is not known here: none chosen, a variable, a mistake in it. */
export function profileOf(controllerId: unknown): Profile | null {
  const controller = typeof controllerId === 'string' ? editor.node(controllerId) : null;
  if (controller?.type !== 'mc-controller') return null;
  return profileFrom(controller['profile'], controller['overrides']);
}

export function profileFrom(profile: unknown, overrides: unknown): Profile | null {
  if (typeof profile !== 'string' || isVariable(profile) || isVariable(overrides)) return null;
  try {
    return resolveProfile(profile, typeof overrides === 'string' ? JSON.parse(overrides.trim() || 'null') : overrides);
  } catch {
    return null;
  }
}
