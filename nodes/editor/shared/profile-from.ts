import { type Profile, resolveProfile } from '../../field/profile';
import { isVariable } from './variable';

export { PROFILE_IDS, resolveProfile } from '../../field/profile';

/** The profile with its overrides, as a controller's dialog holds them; null where they describe no device. */
export function profileFrom(profile: unknown, overrides: unknown): Profile | null {
  if (typeof profile !== 'string' || isVariable(profile) || isVariable(overrides)) return null;
  try {
    return resolveProfile(profile, typeof overrides === 'string' ? JSON.parse(overrides.trim() || 'null') : overrides);
  } catch {
    return null;
  }
}
