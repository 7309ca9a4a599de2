import type { Profile } from '../../field/profile-types';

/** Reads a profile and its overrides as the properties of a controller hold them; null where they describe no device. */
export type ProfileReader = (profile: unknown, overrides: unknown) => Profile | null;

/**
 * The profiles are large and lie once in the editor, in the page of mc-controller. Node-RED puts all pages into one
 * document, so it hands its reader over here; the others ask for it only when they need it, whatever came first.
 */
const page = globalThis as { portalToDoor?: { readProfile?: ProfileReader } };

export function offerProfileReader(readProfile: ProfileReader): void {
  page.portalToDoor = { ...page.portalToDoor, readProfile };
}

/** Null where mc-controller is not there (or switched off): then nothing is known of any device. */
export function profileReader(): ProfileReader | null {
  return page.portalToDoor?.readProfile ?? null;
}
