import type { Profile } from '../../field/profile-types';
import { profileFrom } from './profile-from';
import { editor } from './red';

/** What the controller with this id is, or null where that is not known here: none chosen, a variable, a mistake in it. */
export function profileOf(controllerId: unknown): Profile | null {
  const controller = typeof controllerId === 'string' ? editor.node(controllerId) : null;
  if (controller?.type !== 'mc-controller') return null;
  return profileFrom(controller['profile'], controller['overrides']);
}
