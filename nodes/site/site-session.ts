import { type Clock, isoTime } from '../credential/clock';
import { isMcError, McError } from '../credential/mc-error';
import { Setback } from './setback';

/** A token is renewed when this much of its life is over. */
const RENEW_AT = 0.8;
/** So long nobody signs in again after a refusal, unless a person asks: portals lock accounts after a few tries. */
const REFUSED_MS = 10_000;
const LONGEST_HOLD_MS = 60_000;

/** What a sign-in gives: the token, and how long it may be used. */
export interface SignedIn { value: string; lifeMs: number }

interface Token { value: string; since: number; expiresAt: number }

/** The one session of a site: a token, renewed before it ends, with one sign-in under way at a time. */
export class SiteSession {
  private token: Token | null = null;
  private signingIn: Promise<Token> | null = null;
  private held: { error: McError; until: number } | null = null;

  constructor(private readonly signIn: () => Promise<SignedIn>, private readonly clock: Clock) {}

  /** A token that can be used now. */
  async current(): Promise<string> {
    const { token } = this;
    const now = this.clock.now();
    // A clock that went back makes a token old, never young for good.
    if (token !== null && now >= token.since && now < token.since + (token.expiresAt - token.since) * RENEW_AT) return token.value;
    if (this.held !== null && now < this.held.until) throw again(this.held.error);
    this.signingIn ??= this.renew().finally(() => { this.signingIn = null; });
    try {
      return (await this.signingIn).value;
    } catch (error) {
      // A renewal may fail for a while without harm: the old token still has a fifth of its life.
      if (token !== null && this.token === token && now < token.expiresAt) return token.value;
      throw error;
    }
  }

  /** The site no longer accepts this token. */
  drop(value: string): void {
    if (this.token?.value === value) this.token = null;
  }

  /** A person asks: a refusal of a moment ago is no reason not to try. */
  forgive(): void {
    this.held = null;
  }

  times(): { since: string; expiresAt: string } | null {
    const { token } = this;
    return token === null || this.clock.now() >= token.expiresAt ? null : { since: isoTime(token.since), expiresAt: isoTime(token.expiresAt) };
  }

  private async renew(): Promise<Token> {
    const since = this.clock.now();
    try {
      const { value, lifeMs } = await this.signIn();
      this.held = null;
      this.token = { value, since, expiresAt: since + lifeMs };
      return this.token;
    } catch (error) {
      const plain = error instanceof Setback ? error.error : error;
      if (isMcError(plain, 'LOGIN_REFUSED', 'ACCOUNT_LOCKED')) {
        this.token = null;
        this.held = { error: plain, until: this.clock.now() + REFUSED_MS };
      } else if (isMcError(plain, 'RATE_LIMITED')) {
        this.held = { error: plain, until: this.clock.now() + Math.min(LONGEST_HOLD_MS, (plain.retryAfterSeconds ?? 0) * 1000) };
      }
      throw error;
    }
  }
}

/** A held refusal as an error of its own: whoever gets it may hang something on it. */
function again({ code, message, retryAfterSeconds }: McError): Setback {
  return new Setback(new McError(code, message, retryAfterSeconds === undefined ? {} : { retryAfterSeconds }), { left: false, again: code === 'RATE_LIMITED' });
}
