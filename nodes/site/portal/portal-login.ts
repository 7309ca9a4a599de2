import { McError } from '../../credential/mc-error';
import type { SiteSettings } from '../site-settings';
import type { JsonObject } from '../json-answer';

const HOUR_MS = 3_600_000;
const LONGEST_LIFE_MS = 24 * HOUR_MS;

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

/** From the token's own `exp` less its `iat`, so that clocks that differ do no harm; else an hour (suprema-api B1.1). */
export function lifeOf(token: string): number {
  try {
    const { exp, iat } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp?: unknown; iat?: unknown };
    if (typeof exp === 'number' && typeof iat === 'number' && exp > iat) return Math.min(LONGEST_LIFE_MS, (exp - iat) * 1000);
  } catch {
    // Not a JWT.
  }
  return HOUR_MS;
}
