import type { Clock } from '../../credential/clock';
import { isMcError, McError } from '../../credential/mc-error';
import type { CredentialStatus, Person } from '../../credential/record';
import type { Capability, RegisteredReader, SiteAnswer, SiteCredential, SiteInfo, SiteList } from '../../credential/site-port';
import { certificatesIn, type Certificates } from '../connection';
import { HttpClient, type HttpAnswer, type HttpRequest } from '../http-client';
import type { Site } from '../site';
import { outcomeUnknown, SiteCalls } from '../site-calls';
import { SiteSession, type SignedIn } from '../site-session';
import type { SiteSettings } from '../site-settings';
import { type SiteState, SiteStateBoard, type StateListener } from '../site-state';
import { Setback } from '../setback';
import { idIn, textIn } from '../shapes';
import { at } from './dotted-path';
import { recordIn, recordOf } from './portal-answer';
import { credentialKeys, credentialOf, statusOf } from './portal-credential';
import { invalid, readPages, type Row } from './portal-list';
import { portalDialect } from './portal-dialect';
import { lifeOf, loginBody, tokenOf } from './portal-login';
import { personBody } from './portal-person';
import type { About } from './portal-refusal';
import { type ActionName, filledBody, filledPath, hasPlaceholder, type Route, type Routes, SHIPPED } from './route-table';
import { figuresOf } from './site-figures';

export interface PortalOptions {
  clock: Clock;
  /** Of a `tls-config` node. Whether it would verify is left aside: a site is always verified. */
  tls?: Certificates | undefined;
  /** Of one request; for tests. */
  timeoutMs?: number;
}

const ALL: readonly Capability[] = ['issue', 'reissue', 'resend', 'suspend', 'resume', 'delete', 'list', 'devices', 'credits'];

/** A site at the portal (suprema-api B1.1, B1.2): one client, one session, one breaker. */
export class PortalSite implements Site {
  readonly provider = 'portal' as const;
  readonly listAskedOf = 'portal' as const;
  readonly siteId: string;
  readonly messaging: 'email' | 'text';
  readonly nameRule: 'strict' | 'extended';
  readonly creditReserve: number;
  readonly dailyCreditLimit: number;
  private zoneOfSite: string | null = null;
  private readonly http: HttpClient;
  private readonly calls: SiteCalls<About>;
  private readonly signedIn: SiteSession;
  /** What the portal turned out not to have. Forgotten with each sign-in: a gateway may have lied. */
  private readonly missing = new Set<Capability>();
  /** Whose a card is, for routes that name the user; as the last list and our own issues said. */
  private readonly owners = new Map<string, string>();
  private readonly board = new SiteStateBoard();

  /** Throws CONFIG_INVALID where the environment names a proxy that is none. */
  constructor(private readonly settings: SiteSettings, private readonly options: PortalOptions) {
    ({ siteId: this.siteId, messaging: this.messaging, nameRule: this.nameRule } = settings);
    ({ creditReserve: this.creditReserve, dailyCreditLimit: this.dailyCreditLimit } = settings);
    this.http = new HttpClient(settings.baseUrl, { certificates: certificatesIn(options.tls), pin: settings.pin, timeoutMs: options.timeoutMs });
    this.calls = new SiteCalls(this.http, () => this.signedIn, portalDialect(options.clock));
    this.signedIn = new SiteSession(() => this.signIn(), options.clock);
  }

  /** The one that is set, else the site's as far as it is known, else UTC. */
  get timeZone(): string {
    return this.settings.timeZone || (this.zoneOfSite ?? 'UTC');
  }

  get state(): SiteState {
    return this.board.state;
  }

  capabilities(): Capability[] {
    const { routes } = this.settings;
    return ALL.filter((capability) => !this.missing.has(capability) && routes[capability as keyof typeof routes] !== null);
  }

  /** Routes that are missing simply are no capability: which ones there are is the integrator's word. */
  unavailable(): [] {
    return [];
  }

  /** Of the present session, null when there is none. */
  session(): { since: string; expiresAt: string } | null {
    return this.signedIn.times();
  }

  /** A person asks to sign in: a refusal of a moment ago does not count. */
  forgive(): void {
    this.signedIn.forgive();
  }

  /** Called at once and on each change. Returns the end of it. */
  onState(listener: StateListener): () => void {
    return this.board.onState(listener);
  }

  /** Ends everything under way; what may have reached the site then is OUTCOME_UNKNOWN. Later calls fail at once. */
  close(): void {
    this.board.close();
    this.calls.close();
    this.http.close();
  }

  async info(): Promise<SiteInfo> {
    const answer = await this.read({ method: 'GET', path: filledPath('/site/{siteId}', { siteId: this.siteId }) }, 'site');
    const info = figuresOf(recordOf(answer), this.siteId);
    this.zoneOfSite = info.timeZone ?? this.zoneOfSite;
    if (info.credits.card === null) this.missing.add('credits');
    else this.missing.delete('credits');
    return info;
  }

  async list(): Promise<SiteList> {
    const route = this.routeOf('list');
    const startedAt = this.options.clock.now();
    const items = await this.learning('list', readPages<SiteCredential | null>({
      read: (request) => this.read(request, 'list'), route, siteId: this.siteId, itemOf: (row) => credentialOf(row, route), keyOf: credentialKeys(), repeatEnds: false,
    }));
    const credentials = items.filter((item) => item !== null).filter(({ status }) => status !== 'deleted');
    if (this.namesUsers()) {
      this.owners.clear();
      for (const { cardId, userId } of credentials) this.owners.set(cardId, userId);
    }
    return { credentials, startedAt };
  }

  devices(): Promise<RegisteredReader[]> {
    const route = this.routeOf('devices');
    const deviceOf = ({ fields, where }: Row): RegisteredReader => {
      const device = idIn(at(fields, route.map['device'] ?? ''));
      if (device === null) throw invalid(`${where} of the registered devices has no ID at ${route.map['device'] ?? ''}`);
      return { device, name: textIn(at(fields, route.map['name'] ?? '')) };
    };
    return this.learning('devices', readPages({
      read: (request) => this.read(request, 'devices'), route, siteId: this.siteId, itemOf: deviceOf, keyOf: ({ device }) => device, repeatEnds: true,
    }));
  }

  async issue(person: Person, cardId: string): Promise<SiteAnswer> {
    const answer = await this.write({ method: 'POST', path: '/user/card', body: personBody(this.siteId, person, cardId) }, 'issue');
    if (this.namesUsers()) this.owners.set(cardId, person.userId);
    return { status: liveStatus(this.statusIn(answer)) };
  }

  async reissue(cardId: string, newCardId: string): Promise<SiteAnswer> {
    const answer = await this.act('reissue', cardId, { newCardId });
    const owner = this.owners.get(cardId);
    if (owner !== undefined) this.owners.set(newCardId, owner);
    return { status: liveStatus(this.statusIn(answer)) };
  }

  async resend(cardId: string): Promise<SiteAnswer> {
    return { status: this.statusIn(await this.act('resend', cardId)) };
  }

  async suspend(cardId: string): Promise<SiteAnswer> {
    return { status: this.statusIn(await this.act('suspend', cardId)) };
  }

  async resume(cardId: string): Promise<SiteAnswer> {
    return { status: this.statusIn(await this.act('resume', cardId)) };
  }

  async delete(cardId: string): Promise<SiteAnswer> {
    try {
      await this.act('delete', cardId);
    } catch (error) {
      if (!isMcError(error, 'CARD_NOT_FOUND')) throw error;
    }
    // Its answer may still show the card as it was a moment ago.
    return { status: 'deleted' };
  }

  private async act(name: ActionName, cardId: string, values: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    const route = this.routeOf(name);
    const all: Record<string, string> = { siteId: this.siteId, cardId, ...values };
    if (hasPlaceholder(route, 'userId')) all['userId'] = await this.ownerOf(cardId);
    const body = filledBody(route.body, all);
    const request = { method: route.method, path: filledPath(route.path, all), ...(body === undefined ? {} : { body }) };
    return this.learning(name, this.write(request, 'card', name !== 'reissue'));
  }

  /** A success has a `record`; where no credit is spent "done, and nothing to say" (204) is one too. */
  private async write(request: HttpRequest, about: About, mayBeEmpty = false): Promise<HttpAnswer> {
    const answer = await this.following(this.calls.write(request, about));
    if (recordIn(answer) !== null || (mayBeEmpty && answer.status === 204)) return answer;
    throw outcomeUnknown(new McError('SITE_ANSWER_INVALID', `The site answered (HTTP ${answer.status}) without a record.`));
  }

  private read(request: HttpRequest, about: About): Promise<HttpAnswer> {
    return this.following(this.calls.read(request, about));
  }

  private statusIn(answer: HttpAnswer): CredentialStatus | null {
    return statusOf(recordIn(answer)?.['status'], (this.settings.routes.list ?? SHIPPED.list).statuses);
  }

  private routeOf<Name extends keyof Routes>(name: Name): NonNullable<Routes[Name]> {
    const route = this.settings.routes[name];
    if (route !== null) return route;
    throw new McError('NOT_SUPPORTED', `This portal has no route "${name}": "routes" of the site says so.`);
  }

  private namesUsers(): boolean {
    return Object.values(this.settings.routes).some((route: Route | null) => route !== null && hasPlaceholder(route, 'userId'));
  }

  private async ownerOf(cardId: string): Promise<string> {
    if (!this.owners.has(cardId)) await this.list();
    const owner = this.owners.get(cardId);
    if (owner !== undefined) return owner;
    throw new McError('CARD_NOT_FOUND', 'The site\'s list has no such card.');
  }

  private async signIn(): Promise<SignedIn> {
    this.board.show('signing-in', null);
    try {
      const answer = await this.calls.unsigned({ method: 'POST', path: '/login', body: loginBody(this.settings) }, 'login');
      const token = tokenOf(recordOf(answer));
      this.missing.clear();
      this.board.show('signed-in', null);
      return { value: token, lifeMs: lifeOf(token) };
    } catch (error) {
      this.showFailure(error);
      throw error instanceof Setback || !isMcError(error) ? error : new Setback(error, { left: false, again: false });
    }
  }

  private async following(call: Promise<HttpAnswer>): Promise<HttpAnswer> {
    try {
      const answer = await call;
      this.board.show('signed-in', null);
      return answer;
    } catch (error) {
      this.showFailure(error);
      throw error;
    }
  }

  /** A route that the portal turns out not to have is no longer offered. */
  private async learning<T>(capability: Capability, call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      if (isMcError(error, 'NOT_SUPPORTED')) this.missing.add(capability);
      throw error;
    }
  }

  private showFailure(error: unknown): void {
    this.board.showFailure(error, { isPaused: this.calls.isPaused, hasSession: this.session() !== null });
  }
}

/** What has just been issued is not deleted, whatever a record says that shows the former card. */
function liveStatus(status: CredentialStatus | null): CredentialStatus | null {
  return status === 'deleted' ? null : status;
}
