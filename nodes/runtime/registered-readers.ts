import { isMcError } from '../credential/mc-error';
import type { RegisteredReader, SitePort } from '../credential/site-port';

/** The site's registered readers, or null where the site has no route for them. */
export async function readRegisteredReaders(site: SitePort): Promise<RegisteredReader[] | null> {
  if (!site.capabilities().includes('devices')) return null;
  try {
    return await site.devices();
  } catch (error) {
    if (isMcError(error, 'NOT_SUPPORTED')) return null;
    throw error;
  }
}
