import { type Clock, isoTime } from '../../credential/clock';
import { isMcError, McError } from '../../credential/mc-error';
import { HttpClient, type HttpAnswer, type HttpOptions, type HttpRequest } from '../http-client';
import { Setback } from '../setback';
import { SiteCalls } from '../site-calls';
import { SiteSession, type SignedIn } from '../site-session';
import type { SiteSettings } from '../site-settings';
import { SiteStateBoard } from '../site-state';
import { type About, biostarDialect } from './biostar-dialect';
import { loginBody, loginFacts } from './biostar-login';
import { type Envelope, envelopeOf, textOf } from './envelope';

/** BioStar ends a session that lies idle, and says so (codes 10, 11): none is renewed by the clock (suprema-api A2). */
const SESSION_LIFE_MS = 365 * 86_400_000;

/** Calls to one BioStar server: one session for all, its answers with their quirks taken off. */
export class BiostarApi {
  readonly board = new SiteStateBoard();
  /** Of the server, as its login or its page told; null: not known yet. */
  version: string | null = null;
  /** Seconds, as the settings tell; null: not read yet. */
  idleSeconds: number | null = null;
  private readonly http: HttpClient;
  private readonly calls: SiteCalls<About>;
  private readonly session: SiteSession;
  private lastAnswerAt = 0;
  private readonly sessionListeners = new Set<() => void>();

  /** Throws CONFIG_INVALID where the environment names a proxy that is none. */
  constructor(private readonly settings: Pick<SiteSettings, 'baseUrl' | 'email' | 'password'>, private readonly clock: Clock, http: HttpOptions) {
    this.http = new HttpClient(settings.baseUrl, http);
    this.calls = new SiteCalls(this.http, () => this.session, biostarDialect);
    this.session = new SiteSession(() => this.signIn(), clock);
  }

  get host(): string {
    return this.http.host;
  }

  /** Asks and changes nothing. Repeated where that helps. Rejects with a McError. */
  async read(path: string, about: About = 'call'): Promise<Envelope> {
    return envelopeOf(await this.following(this.calls.read({ method: 'GET', path }, about)));
  }

  /** A question that is asked by POST. */
  async ask(path: string, body: unknown, about: About = 'call'): Promise<Envelope> {
    return envelopeOf(await this.following(this.calls.read({ method: 'POST', path, body }, about)));
  }

  /** Changes something, at most once. OUTCOME_UNKNOWN whenever the server may have acted. */
  async write(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, about: About = 'call', headers: Readonly<Record<string, string>> = {}): Promise<Envelope> {
    const request: HttpRequest = { method, path, headers, ...(body === undefined ? {} : { body }) };
    return envelopeOf(await this.following(this.calls.write(request, about)));
  }

  /** A session that can be used now, for the WebSocket. */
  async sessionId(): Promise<string> {
    try {
      return await this.session.current();
    } catch (error) {
      throw error instanceof Setback ? error.error : error;
    }
  }

  /** The server no longer accepts this session. */
  dropSession(value: string): void {
    this.session.drop(value);
  }

  /** Told whenever there is a new session: what hangs on the former one is orphaned. Returns the end of it. */
  onNewSession(listener: () => void): () => void {
    this.sessionListeners.add(listener);
    return () => { this.sessionListeners.delete(listener); };
  }

  /** A person asks to sign in: a refusal of a moment ago does not count. */
  forgive(): void {
    this.session.forgive();
  }

  /** Of the present session, null when there is none. `expiresAt`: if it lies idle from the last answer on; null: not known. */
  times(): { since: string; expiresAt: string | null } | null {
    const times = this.session.times();
    return times === null ? null : {
      since: times.since,
      expiresAt: this.idleSeconds === null ? null : isoTime(this.lastAnswerAt + this.idleSeconds * 1000),
    };
  }

  /** See HttpClient. */
  socketTo(path: string): ReturnType<HttpClient['socketTo']> {
    return this.http.socketTo(path);
  }

  close(): void {
    this.board.close();
    this.calls.close();
    this.http.close();
    this.sessionListeners.clear();
  }

  /** The version by the page's file, for servers whose login does not tell it (suprema-api A1). */
  async learnVersion(): Promise<void> {
    if (this.version !== null) return;
    try {
      const { body } = envelopeOf(await this.calls.unsigned({ method: 'GET', path: '/js/info.json' }, 'file'));
      this.version = textOf(body['version']) ?? textOf(body['biostarVersion']) ?? textOf(body['productVersion']);
    } catch (error) {
      // Nice to know, and nothing more.
      if (!(error instanceof Setback)) throw error;
    }
  }

  private async signIn(): Promise<SignedIn> {
    this.board.show('signing-in', null);
    try {
      const facts = loginFacts(await this.calls.unsigned({ method: 'POST', path: '/api/login', body: loginBody(this.settings) }, 'login'));
      this.version = facts.version ?? this.version;
      this.lastAnswerAt = this.clock.now();
      this.board.show('signed-in', null);
      setImmediate(() => { for (const listener of this.sessionListeners) listener(); });
      return { value: facts.sessionId, lifeMs: SESSION_LIFE_MS };
    } catch (error) {
      this.showFailure(error);
      throw error instanceof Setback || !isMcError(error) ? error : new Setback(error, { left: false, again: false });
    }
  }

  private async following(call: Promise<HttpAnswer>): Promise<HttpAnswer> {
    try {
      const answer = await call;
      this.lastAnswerAt = this.clock.now();
      this.board.show('signed-in', null);
      return answer;
    } catch (error) {
      this.showFailure(error);
      throw error;
    }
  }

  private showFailure(error: unknown): void {
    this.board.showFailure(error, { isPaused: this.calls.isPaused, hasSession: this.session.times() !== null });
  }
}

/** A value that belongs into a query or a path. */
export function q(value: string | number): string {
  return encodeURIComponent(value);
}

/** SITE_ANSWER_INVALID in words. */
export function oddAnswer(what: string): McError {
  return new McError('SITE_ANSWER_INVALID', `BioStar answered with ${what}.`);
}
