import type { StorePort } from '../credential/store-port';
import { holds, LOCKDOWN } from './emergency';

/** True while a lockdown of this door, or of all without it being released since, holds. */
export function isLockedDown(store: Pick<StorePort, 'get'>, door: string): boolean {
  return holds(LOCKDOWN, store, door);
}
