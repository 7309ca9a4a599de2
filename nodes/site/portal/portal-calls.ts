import { setTimeout as pause } from 'node:timers/promises';
import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen, type CircuitBreakerPolicy } from 'cockatiel';
import { isMcError, McError } from '../../credential/mc-error';
import type { HttpAnswer, HttpClient, HttpRequest } from '../http-client';
import { transportFailure } from '../transport-error';
import { type About, refusalOf } from './portal-answer';
import type { PortalSession } from './portal-session';

const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 200;
const LONGEST_WAIT_MS = 10_000;
const FAILURES_TO_OPEN = 5;
const OPEN_MS = 10_000;

/** An answer that says that the server, not the request, is the trouble. */
class ServerTrouble extends Error {
  constructor(readonly answer: HttpAnswer) { super('server trouble'); }
}

/**
 * Calls to a portal: signed in, behind one circuit breaker, reads repeated with full jitter where that helps. Writes
 * are never repeated, but for the one replay after a 401, which says that nothing was done.
 */
export class PortalCalls {
  private readonly breaker: CircuitBreakerPolicy = circuitBreaker(
    // A site that cannot be trusted, or a request that was given up, is no overload.
    handleWhen((error) => error instanceof ServerTrouble || !isMcError(error)),
    { halfOpenAfter: OPEN_MS, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) },
  );

  constructor(private readonly http: HttpClient, private readonly session: () => PortalSession) {}

  get isOpen(): boolean {
    return this.breaker.state === CircuitState.Open;
  }

  /** A read; the answer is a success. */
  async read(request: HttpRequest, about: About): Promise<HttpAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.signedIn(request, about);
      } catch (error) {
        const waitMs = attempt < ATTEMPTS ? waitBefore(error, attempt) : null;
        if (waitMs === null || this.http.closed) throw plain(error);
        await pause(waitMs, undefined, { ref: false });
      }
    }
  }

  /**
   * A write; the answer is a success. OUTCOME_UNKNOWN whenever the site may have acted: no answer after the request
   * may have left, a failing server, an answer that is none.
   */
  async write(request: HttpRequest, about: About): Promise<HttpAnswer> {
    try {
      return await this.signedIn({ ...request, fresh: true }, about);
    } catch (error) {
      if (error instanceof Failure && !error.left) throw error.mcError;
      if (!(error instanceof Failure)) throw error;
      throw outcomeUnknown(error.mcError);
    }
  }

  /** Without a session: the sign-in itself. */
  async plain(request: HttpRequest, about: About): Promise<HttpAnswer> {
    try {
      return await this.once(request, about);
    } catch (error) {
      throw plain(error);
    }
  }

  private async signedIn(request: HttpRequest, about: About): Promise<HttpAnswer> {
    const token = await this.session().current();
    const answer = await this.once({ ...request, token }, about, [401]);
    if (answer.status !== 401) return answer;
    this.session().drop(token);
    return this.once({ ...request, token: await this.session().current() }, about);
  }

  /** One request. Rejects with Failure, or with the refusal that the answer is. */
  private async once(request: HttpRequest, about: About, accepted: readonly number[] = []): Promise<HttpAnswer> {
    try {
      const answer = await this.breaker.execute(async () => {
        const got = await this.http.send(request);
        if (got.status >= 500) throw new ServerTrouble(got);
        return got;
      });
      if ((answer.status >= 200 && answer.status < 300) || accepted.includes(answer.status)) return answer;
      throw refusalOf(answer, about);
    } catch (error) {
      if (isMcError(error)) throw error;
      if (error instanceof ServerTrouble) {
        const unsupported = error.answer.status === 501;
        throw unsupported ? refusalOf({ ...error.answer, status: 405 }, about) : new Failure(refusalOf(error.answer, about), true, false);
      }
      if (error instanceof BrokenCircuitError) {
        throw new Failure(new McError('SITE_UNREACHABLE', `${this.http.host} failed several times in a row. It is tried again within ${OPEN_MS / 1000} s.`), false, true);
      }
      const { error: mcError, left, timedOut } = transportFailure(error, this.http.host);
      throw new Failure(mcError, left, timedOut);
    }
  }
}

/** A request without a usable answer. `final`: repeating it at once would not help. */
class Failure extends Error {
  constructor(readonly mcError: McError, readonly left: boolean, readonly final: boolean) { super(mcError.message); }
}

export function outcomeUnknown(cause: unknown): McError {
  return new McError('OUTCOME_UNKNOWN', 'The request may have reached the site, but its answer did not come back. It is settled by reading the site; do not send it again.', { cause });
}

function plain(error: unknown): unknown {
  return error instanceof Failure ? error.mcError : error;
}

/** Milliseconds to wait before a read is repeated, with full jitter; null: it is not. */
function waitBefore(error: unknown, attempt: number): number | null {
  if (isMcError(error, 'RATE_LIMITED')) {
    const waitMs = (error.retryAfterSeconds ?? 1) * 1000;
    return waitMs <= LONGEST_WAIT_MS / ATTEMPTS ? waitMs : null;
  }
  if (!(error instanceof Failure) || error.final || error.mcError.code === 'SITE_TLS') return null;
  return Math.random() * FIRST_PAUSE_MS * 2 ** attempt;
}
