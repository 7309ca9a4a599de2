import { type Clock, isoTime } from '../../credential/clock';
import { isMcError, McError } from '../../credential/mc-error';

const HOUR_MS = 3_600_000;
/** A token is renewed when this much of its life is over. */
const RENEW_AT = 0.8;
/** So long nobody signs in again after a refusal, unless a person asks: portals lock accounts after a few tries. */
const REFUSED_MS = 30_000;

interface Token { value: string; since: number; expiresAt: number }

/** The one session of a site: a token, renewed before it ends, with one sign-in under way at a time. */
export class PortalSession {
  private token: Token | null = null;
  private signingIn: Promise<Token> | null = null;
  private refused: { error: McError; until: number } | null = null;

  constructor(private readonly signIn: () => Promise<string>, private readonly clock: Clock) {}

  /** A token that can be used now. */
  async current(): Promise<string> {
    const { token } = this;
    const now = this.clock.now();
    if (token !== null && now < token.since + (token.expiresAt - token.since) * RENEW_AT) return token.value;
    if (this.refused !== null && now < this.refused.until) throw this.refused.error;
    this.signingIn ??= this.renew().finally(() => { this.signingIn = null; });
    return (await this.signingIn).value;
  }

  /** The site no longer accepts this token. */
  drop(value: string): void {
    if (this.token?.value === value) this.token = null;
  }

  /** A person asks: a refusal of a moment ago is no reason not to try. */
  forgive(): void {
    this.refused = null;
  }

  times(): { since: string; expiresAt: string } | null {
    return this.token === null ? null : { since: isoTime(this.token.since), expiresAt: isoTime(this.token.expiresAt) };
  }

  private async renew(): Promise<Token> {
    const since = this.clock.now();
    try {
      const value = await this.signIn();
      this.refused = null;
      this.token = { value, since, expiresAt: expiryOf(value, since) };
      return this.token;
    } catch (error) {
      this.token = null;
      if (isMcError(error, 'LOGIN_REFUSED', 'ACCOUNT_LOCKED')) this.refused = { error, until: since + REFUSED_MS };
      throw error;
    }
  }
}

/** From the token's own `exp` less its `iat`, so that clocks that differ do no harm; else an hour (suprema-api B1.1). */
function expiryOf(token: string, since: number): number {
  try {
    const { exp, iat } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp?: unknown; iat?: unknown };
    if (typeof exp === 'number' && typeof iat === 'number' && exp > iat) return since + Math.min(HOUR_MS * 24, (exp - iat) * 1000);
  } catch {
    // Not a JWT.
  }
  return since + HOUR_MS;
}
