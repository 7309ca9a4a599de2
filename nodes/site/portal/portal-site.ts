import type { Clock } from '../../credential/clock';
import { isMcError, McError } from '../../credential/mc-error';
import type { Person } from '../../credential/record';
import type { Capability, RegisteredReader, SiteAnswer, SiteInfo, SiteList, SitePort } from '../../credential/site-port';
import { HttpClient, type HttpAnswer, type HttpRequest } from '../http-client';
import type { SiteSettings } from '../site-settings';
import { recordOf } from './portal-answer';
import { outcomeUnknown, PortalCalls } from './portal-calls';
import { credentialOf, idOf, statusOf, text } from './portal-credential';
import { at, invalid, readPages, type Row } from './portal-list';
import { PortalSession } from './portal-session';
import { type ActionName, filled, filledBody, SHIPPED } from './route-table';
import { figuresOf } from './site-figures';

export type SiteState = 'signed-out' | 'signing-in' | 'signed-in' | 'failed' | 'paused';

/** A site at the portal: one client, one session, one breaker. */
export class PortalSite implements SitePort {
  readonly siteId: string;
  readonly messaging: 'email' | 'text';
  readonly nameRule: 'strict' | 'extended';
  readonly creditReserve: number;
  readonly dailyCreditLimit: number;
  private zone: string;
  private readonly http: HttpClient;
  private readonly session_: PortalSession;
  private readonly calls: PortalCalls;
  private readonly unsupported = new Set<Capability>();
  private readonly listeners = new Set<(state: SiteState, error: McError | null) => void>();
  private shown: { state: SiteState; error: McError | null } = { state: 'signed-out', error: null };

  constructor(private readonly settings: SiteSettings, private readonly options: { clock: Clock; tls?: Readonly<Record<string, unknown>> }) {
    ({ siteId: this.siteId, messaging: this.messaging, nameRule: this.nameRule } = settings);
    ({ creditReserve: this.creditReserve, dailyCreditLimit: this.dailyCreditLimit } = settings);
    this.zone = settings.timeZone === '' ? 'UTC' : settings.timeZone;
    this.http = new HttpClient(settings.baseUrl, options.tls ?? {}, settings.pin);
    this.session_ = new PortalSession(() => this.signIn(), options.clock);
    this.calls = new PortalCalls(this.http, () => this.session_);
    for (const [name, route] of Object.entries(settings.routes)) if (route === null) this.unsupported.add(name as Capability);
  }

  get timeZone(): string {
    return this.zone;
  }

  capabilities(): Capability[] {
    const all: Capability[] = ['issue', 'reissue', 'resend', 'suspend', 'resume', 'delete', 'list', 'devices', 'credits'];
    return all.filter((capability) => !this.unsupported.has(capability));
  }

  /** Of the present session, null when there is none. */
  session(): { since: string; expiresAt: string } | null {
    return this.session_.times();
  }

  /** A person asks to sign in: a refusal of a moment ago does not count. */
  forgive(): void {
    this.session_.forgive();
  }

  /** Called at once and on each change. Returns the end of it. */
  onState(listener: (state: SiteState, error: McError | null) => void): () => void {
    this.listeners.add(listener);
    listener(this.shown.state, this.shown.error);
    return () => { this.listeners.delete(listener); };
  }

  close(): void {
    this.listeners.clear();
    this.http.close();
  }

  async info(): Promise<SiteInfo> {
    const record = recordOf(await this.read({ method: 'GET', path: filled('/site/{siteId}', { siteId: this.siteId }) }, 'site'));
    const info = figuresOf(record, this.siteId);
    if (this.settings.timeZone === '' && info.timeZone !== null) this.zone = info.timeZone;
    return info;
  }

  async list(): Promise<SiteList> {
    const route = this.settings.routes.list;
    if (route === null) throw notSupported('list');
    const startedAt = this.options.clock.now();
    const keyOf = (row: Row): string => idOf(at(row.fields, route.map['cardId'] ?? '')) ?? `without a number: ${row.where}`;
    const rows = await this.learning('list', readPages((request) => this.read(request, 'list'), route, this.siteId, keyOf, false));
    const credentials = rows.map((row) => credentialOf(row, route)).filter((credential) => credential !== null && credential.status !== 'deleted');
    return { credentials: credentials as SiteList['credentials'], startedAt };
  }

  async devices(): Promise<RegisteredReader[]> {
    const route = this.settings.routes.devices;
    if (route === null) throw notSupported('devices');
    const device = (row: Row): string => {
      const id = idOf(at(row.fields, route.map['device'] ?? ''));
      if (id === null) throw invalid(`${row.where} of the registered devices has no ID at ${route.map['device'] ?? ''}`);
      return id;
    };
    const rows = await this.learning('devices', readPages((request) => this.read(request, 'list'), route, this.siteId, device, true));
    return rows.map((row) => ({ device: device(row), name: text(at(row.fields, route.map['name'] ?? '')) }));
  }

  /** The card object is not described in public; its number and dates follow BioStar's words for it (suprema-api B1.1, A6.1). */
  async issue(person: Person, cardId: string): Promise<SiteAnswer> {
    const { userId, name, email, phone, department, title, validFrom, validTo } = person;
    const present = (fields: Record<string, unknown>): Record<string, unknown> =>
      Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
    const body = {
      siteId: this.siteId,
      user: present({ userKey: userId, email, phone, meta: JSON.stringify(present({ name, department, title })) }),
      card: present({ number: cardId, startDate: epoch(validFrom), endDate: epoch(validTo) }),
    };
    const answer = await this.write({ method: 'POST', path: '/user/card', body });
    try {
      return this.answerOf(recordOf(answer));
    } catch (cause) {
      // A success that cannot be read: the credit may be gone.
      throw outcomeUnknown(cause);
    }
  }

  reissue(cardId: string, newCardId: string): Promise<SiteAnswer> {
    return this.act('reissue', { cardId, newCardId });
  }

  resend(cardId: string): Promise<SiteAnswer> {
    return this.act('resend', { cardId });
  }

  suspend(cardId: string): Promise<SiteAnswer> {
    return this.act('suspend', { cardId });
  }

  resume(cardId: string): Promise<SiteAnswer> {
    return this.act('resume', { cardId });
  }

  async delete(cardId: string): Promise<SiteAnswer> {
    try {
      return await this.act('delete', { cardId });
    } catch (error) {
      if (isMcError(error, 'CARD_NOT_FOUND')) return { status: 'deleted' };
      throw error;
    }
  }

  private async act(name: ActionName, values: Record<string, string>): Promise<SiteAnswer> {
    const route = this.settings.routes[name];
    if (route === null) throw notSupported(name);
    const all = { siteId: this.siteId, ...values };
    const body = filledBody(route.body, all);
    const answer = await this.learning(name, this.write({ method: route.method, path: filled(route.path, all), ...(body === undefined ? {} : { body }) }));
    if (answer.text.trim() === '') return { status: null };
    try {
      const { record } = JSON.parse(answer.text) as { record?: unknown };
      return this.answerOf(typeof record === 'object' && record !== null ? record as Record<string, unknown> : {});
    } catch (cause) {
      throw outcomeUnknown(cause);
    }
  }

  private answerOf(record: Readonly<Record<string, unknown>>): SiteAnswer {
    return { status: statusOf(record['status'], (this.settings.routes.list ?? SHIPPED.list)?.statuses ?? {}) };
  }

  private async signIn(): Promise<string> {
    this.show('signing-in', null);
    try {
      const { email, password } = this.settings;
      const answer = await this.calls.plain({ method: 'POST', path: '/login', body: { email, password } }, 'login');
      const { accessToken, accountStatus } = recordOf(answer);
      if (typeof accountStatus === 'string' && accountStatus.toUpperCase() !== 'ACTIVATED') {
        throw new McError('ACCOUNT_LOCKED', `The account is ${accountStatus.slice(0, 40)}. Settle it on the portal.`);
      }
      if (typeof accessToken !== 'string' || accessToken === '') throw new McError('SITE_ANSWER_INVALID', 'The site signed in without giving a token. Check the domain.');
      this.show('signed-in', null);
      return accessToken;
    } catch (error) {
      this.failed(error);
      throw error;
    }
  }

  private read(request: HttpRequest, about: 'site' | 'list'): Promise<HttpAnswer> {
    return this.following(this.calls.read(request, about));
  }

  private write(request: HttpRequest): Promise<HttpAnswer> {
    return this.following(this.calls.write(request, 'card'));
  }

  private async following(call: Promise<HttpAnswer>): Promise<HttpAnswer> {
    try {
      const answer = await call;
      this.show('signed-in', null);
      return answer;
    } catch (error) {
      this.failed(error);
      throw error;
    }
  }

  /** A route that the portal turns out not to have is no longer offered. */
  private async learning<T>(capability: Capability, call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      if (isMcError(error, 'NOT_SUPPORTED')) this.unsupported.add(capability);
      throw error;
    }
  }

  /** Only what concerns the connection is shown: a refused card says nothing about the session. */
  private failed(error: unknown): void {
    if (!isMcError(error, 'SITE_UNREACHABLE', 'SITE_TLS', 'LOGIN_REFUSED', 'ACCOUNT_LOCKED', 'SITE_NOT_FOUND', 'RATE_LIMITED', 'SITE_ANSWER_INVALID')) return;
    this.show(this.calls.isOpen ? 'paused' : 'failed', error);
  }

  private show(state: SiteState, error: McError | null): void {
    if (this.shown.state === state && this.shown.error?.code === error?.code) return;
    this.shown = { state, error };
    for (const listener of this.listeners) listener(state, error);
  }
}

function epoch(time: string | null): number | null {
  return time === null ? null : Date.parse(time);
}

function notSupported(name: string): McError {
  return new McError('NOT_SUPPORTED', `This portal has no route "${name}": "routes" of the site says so.`);
}
