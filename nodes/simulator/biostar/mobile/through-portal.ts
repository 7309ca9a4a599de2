import { PortalError } from '../../portal/portal-error';
import type { BioStar } from '../biostar';
import { BioStarError } from '../biostar-error';

/** Does `work` at the portal. What hinders it gets the codes of suprema-api A6.4, which the vendor names for replace. */
export function throughPortal<T>({ portal, settings }: BioStar, work: () => T): T {
  if (!settings.licence) throw new BioStarError(331791);
  if (!settings.mobileLicence) throw new BioStarError(331779);
  if (!settings.useMobileCredential) throw new BioStarError(1400);
  if (!portal.online) throw new BioStarError(2000);
  if ((settings.mobileSiteId ?? portal.siteId) !== portal.siteId) throw new BioStarError(1404);
  if (portal.account.locked) throw new BioStarError(2001);
  try {
    return work();
  } catch (error) {
    if (error instanceof PortalError) throw refusal(error);
    throw error;
  }
}

function refusal({ status, message, code }: PortalError): BioStarError {
  if (code !== undefined) return new BioStarError(code, message);
  if (status === 402) return new BioStarError(1403);
  if (status === 403) return new BioStarError(2000, message);
  return new BioStarError(2007, message);
}
