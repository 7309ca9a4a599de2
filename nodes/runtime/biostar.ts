import { McError } from '../credential/mc-error';
import { BiostarSite } from '../site/biostar/biostar-site';
import type { SiteLoan } from './site-node';

/** A site as what it has to be for its users, doors and events. NOT_SUPPORTED for the portal, which has none. */
export function biostarOf(site: SiteLoan, what: string): BiostarSite {
  if (site instanceof BiostarSite) return site;
  throw new McError('NOT_SUPPORTED', `The portal has no ${what}: choose an mc-site with the provider "biostar".`);
}
