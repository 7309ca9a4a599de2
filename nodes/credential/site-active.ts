import { McError } from './mc-error';
import type { SiteInfo } from './site-port';

/** Throws SITE_NOT_ACTIVE for a site that carries out nothing, e.g. one in PAYMENT_REQUIRED. */
export function refuseInactive(info: Pick<SiteInfo, 'siteId' | 'status'>): void {
  if (info.status === 'ACTIVATED') return;
  throw new McError('SITE_NOT_ACTIVE', `Site ${info.siteId} is ${info.status}: it carries out nothing until that is settled on the portal.`);
}
