import { McError } from '../../credential/mc-error';
import type { SiteSettings } from '../site-settings';
import type { JsonObject } from './portal-answer';

/** The body of `POST /login` (suprema-api B1.1). */
export function loginBody({ email, password }: Pick<SiteSettings, 'email' | 'password'>): JsonObject {
  return { email, password };
}

/** The token in the record of a login. ACCOUNT_LOCKED for an account that may not act, SITE_ANSWER_INVALID without a token. */
export function tokenOf({ accessToken, accountStatus }: JsonObject): string {
  if (typeof accountStatus === 'string' && accountStatus.toUpperCase() !== 'ACTIVATED') {
    throw new McError('ACCOUNT_LOCKED', `The account is ${/^\w{1,30}$/.test(accountStatus) ? accountStatus : 'not activated'}. Settle it on the portal.`);
  }
  // What goes into a header: visible ASCII, and no more of it than servers take.
  if (typeof accessToken === 'string' && /^[\x21-\x7e]{1,8000}$/.test(accessToken)) return accessToken;
  throw new McError('SITE_ANSWER_INVALID', 'The site let the account in without giving a token. Check the domain and the port.');
}
