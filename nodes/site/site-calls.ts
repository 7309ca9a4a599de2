import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { BrokenCircuitError, bulkhead, BulkheadRejectedError, circuitBreaker, ConsecutiveBreaker, handleWhenResult, wrap } from 'cockatiel';
import { isoTime } from '../credential/clock';
import { McError } from '../credential/mc-error';
import type { Exchange, HttpAnswer, HttpClient, HttpRequest } from './http-client';
import { plainError, Setback } from './setback';
import type { SiteSession } from './site-session';

/** A read is asked this often again, and for no longer than this in all. */
const MOST_REPEATS = 3;
const LONGEST_REPEATING_MS = 10_000;
const FIRST_PAUSE_MS = 200;
const FAILURES_TO_OPEN = 5;
const OPEN_MS = 10_000;
const MOST_AT_ONCE = 8;
const MOST_WAITING = 10_000;

/** What a refusal means for the caller. */
export interface Refusal {
  error: McError;
  /** The site may have acted. */
  left: boolean;
  /** Asking again may help. */
  again: boolean;
  /** It is the session that is refused: nothing was done. */
  sessionLost: boolean;
}

/** How one kind of site is spoken to. `About` is what a request is about: the same answer means different things. */
export interface Dialect<About> {
  /** Headers that carry the session. */
  signed(token: string): Readonly<Record<string, string>>;
  /** Null for a success. */
  refusal(answer: HttpAnswer, about: About, changes: boolean): Refusal | null;
  /** The answer says that the site, or a gateway before it, is down. */
  isOutage(answer: HttpAnswer): boolean;
}

/**
 * Calls to a site: signed in, a few at a time, behind one circuit breaker, reads repeated with full jitter where
 * that helps. Writes are never repeated, but for the one replay after a refused session, which says that nothing was done.
 */
export class SiteCalls<About> {
  private readonly breaker = circuitBreaker(
    handleWhenResult((exchange) => this.isOutage(exchange as Exchange)),
    { halfOpenAfter: OPEN_MS, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) },
  );
  private readonly policy = wrap(bulkhead(MOST_AT_ONCE, MOST_WAITING), this.breaker);
  private readonly ending = new AbortController();
  /** When the breaker lets the next request through, in milliseconds; 0 = it is closed. */
  private triedAgainAt = 0;

  constructor(private readonly http: HttpClient, private readonly session: () => SiteSession, private readonly dialect: Dialect<About>) {
    // As many as wait may listen: no leak to be warned of.
    setMaxListeners(0, this.ending.signal);
    this.breaker.onBreak(() => { this.triedAgainAt = Date.now() + OPEN_MS; });
    this.breaker.onReset(() => { this.triedAgainAt = 0; });
  }

  /** The breaker is open: requests fail without being sent. */
  get isPaused(): boolean {
    return this.triedAgainAt !== 0;
  }

  /** A read; resolves with a success. */
  async read(request: HttpRequest, about: About): Promise<HttpAnswer> {
    const until = performance.now() + LONGEST_REPEATING_MS;
    for (let repeats = 0; ; repeats += 1) {
      try {
        return await this.signedIn(request, about);
      } catch (error) {
        const waitMs = repeats < MOST_REPEATS ? waitBefore(error, repeats) : null;
        if (waitMs === null || performance.now() + waitMs > until) throw plainError(error);
        await this.pause(waitMs, error);
      }
    }
  }

  /**
   * A write; resolves with a success. OUTCOME_UNKNOWN whenever the site may have acted: no answer after the request
   * may have left, a failing server, an answer that points elsewhere.
   */
  async write(request: HttpRequest, about: About): Promise<HttpAnswer> {
    try {
      return await this.signedIn({ ...request, changes: true }, about);
    } catch (error) {
      if (error instanceof Setback && error.left) throw outcomeUnknown(error.error);
      throw plainError(error);
    }
  }

  /** Without a session: the sign-in itself. Rejects with a Setback. */
  unsigned(request: HttpRequest, about: About): Promise<HttpAnswer> {
    return this.once(request, about);
  }

  close(): void {
    this.ending.abort();
  }

  private async signedIn(request: HttpRequest, about: About): Promise<HttpAnswer> {
    const token = await this.token();
    try {
      return await this.once(this.signed(request, token), about);
    } catch (error) {
      if (!(error instanceof Setback) || !error.sessionLost) throw error;
      this.session().drop(token);
    }
    const next = await this.token();
    try {
      return await this.once(this.signed(request, next), about);
    } catch (error) {
      if (error instanceof Setback && error.sessionLost) this.session().drop(next);
      throw error;
    }
  }

  /** A sign-in that failed, lost answers included, means that the request behind it was never sent. */
  private async token(): Promise<string> {
    try {
      return await this.session().current();
    } catch (error) {
      throw error instanceof Setback ? new Setback(error.error, { left: false, again: error.again }) : error;
    }
  }

  /** One request. Rejects with a Setback. */
  private async once(request: HttpRequest, about: About): Promise<HttpAnswer> {
    const exchange = await this.exchange(request);
    if (!exchange.ok) throw new Setback(exchange.error, exchange);
    const refusal = this.dialect.refusal(exchange.answer, about, request.changes === true);
    if (refusal === null) return exchange.answer;
    throw new Setback(refusal.error, refusal);
  }

  private signed(request: HttpRequest, token: string): HttpRequest {
    return { ...request, headers: { ...request.headers, ...this.dialect.signed(token) } };
  }

  private isOutage(exchange: Exchange): boolean {
    return exchange.ok ? this.dialect.isOutage(exchange.answer) : exchange.isOutage;
  }

  private async exchange(request: HttpRequest): Promise<Exchange> {
    const unsent = (error: McError): Exchange => ({ ok: false, error, left: false, again: false, isOutage: false });
    try {
      return await this.policy.execute(() => this.http.send(request));
    } catch (error) {
      if (error instanceof BrokenCircuitError) {
        return unsent(new McError('SITE_UNREACHABLE', `${this.http.host} failed ${FAILURES_TO_OPEN} times in a row and is left alone for a moment. It is tried again at ${isoTime(this.triedAgainAt)}.`));
      }
      if (error instanceof BulkheadRejectedError) {
        return unsent(new McError('QUEUE_FULL', `${MOST_WAITING} requests to ${this.http.host} are waiting already. Send fewer at a time.`));
      }
      throw error;
    }
  }

  private async pause(waitMs: number, error: unknown): Promise<void> {
    try {
      await pause(waitMs, undefined, { signal: this.ending.signal });
    } catch {
      throw plainError(error);
    }
  }
}

/** A lost answer: what was wanted may have happened. */
export function outcomeUnknown(cause: unknown): McError {
  return new McError('OUTCOME_UNKNOWN', 'The request may have reached the site, and no usable answer came back. Nothing is sent again: the site\'s list will tell.', { cause });
}

/** Milliseconds until a read is asked again, null where that would not help. Full jitter, so that many do not come together. */
function waitBefore(error: unknown, repeats: number): number | null {
  if (!(error instanceof Setback) || !error.again) return null;
  const spread = Math.random() * FIRST_PAUSE_MS * 2 ** (repeats + 1);
  const asked = error.error.retryAfterSeconds;
  return asked === undefined ? spread : asked * 1000 + spread;
}
