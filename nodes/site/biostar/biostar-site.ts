import type { Clock } from '../../credential/clock';
import { isMcError, McError } from '../../credential/mc-error';
import type { Person } from '../../credential/record';
import type { Capability, Interrupted, OperationSteps, RegisteredReader, SiteAnswer, SiteInfo, SiteList, SitePort } from '../../credential/site-port';
import { certificatesIn, type Certificates } from '../connection';
import type { Site, Unavailable } from '../site';
import type { SiteSettings } from '../site-settings';
import type { SiteState, StateListener } from '../site-state';
import { BiostarApi } from './biostar-api';
import { isMissingCall } from './biostar-dialect';
import { probe } from './capability-probe';
import { Cards } from './cards';
import { devices } from './devices';
import { Doors } from './doors';
import { Mobile } from './mobile';
import { MobileCards, type MobileFacts } from './mobile-cards';
import { readServerSettings, type ServerSettings } from './server-settings';
import { Users } from './users';

export interface BiostarOptions {
  clock: Clock;
  tls?: Certificates | undefined;
  /** True: the server's certificate is not looked at. Never so by itself. */
  unverified?: boolean;
  /** The portal site that is configured beside this one, for what BioStar does not tell; null: none. */
  portalBeside?: () => SitePort | null;
  timeoutMs?: number;
}

const OWN: readonly Capability[] = ['issue', 'reissue', 'delete', 'list', 'devices', 'blacklist', 'users', 'doors', 'events'];
/** What only a portal beside can do or tell. */
const OF_PORTAL: readonly Capability[] = ['resend', 'suspend', 'resume', 'credits'];
const SETTINGS_MS = 60_000;
const MOST_LET_IN = 100_000;

/** A site behind a BioStar 2 or BioStar X server (suprema-api A): one client, one session, one breaker. */
export class BiostarSite implements Site {
  readonly provider = 'biostar' as const;
  readonly api: BiostarApi;
  readonly cards: Cards;
  readonly users: Users;
  readonly mobile: Mobile;
  readonly doors: Doors;
  readonly siteId: string;
  private readonly mobileCards: MobileCards;
  private lacks: Unavailable[] = [];
  private probed = false;
  private settingsRead: { at: number; settings: Promise<ServerSettings> } | null = null;
  /** Users whom a reader let in by mobile card since their card was issued. */
  private readonly letIn = new Set<string>();
  private readonly hintListeners = new Set<() => void>();

  /** Throws CONFIG_INVALID where the environment names a proxy that is none. */
  constructor(private readonly settings: SiteSettings, private readonly options: BiostarOptions) {
    const { clock, tls, timeoutMs, unverified } = options;
    this.api = new BiostarApi(settings, clock, { certificates: certificatesIn(tls), pin: settings.pin, timeoutMs, ...(unverified === true ? { unverified } : {}) });
    this.siteId = settings.siteId || this.api.host;
    this.cards = new Cards(this.api);
    this.users = new Users(this.api);
    this.mobile = new Mobile(this.api);
    this.doors = new Doors(this.api);
    const facts: MobileFacts = {
      canReplace: true, messaging: settings.messaging,
      siteType: async () => (await this.mobileSettings()).siteType ?? 'REGULAR',
      portalHas: (cardId, userId) => this.portalHas(cardId, userId),
    };
    this.mobileCards = new MobileCards(this.cards, this.mobile, this.users, facts);
    // A server that was updated meanwhile may have what it lacked.
    this.api.onNewSession(() => {
      facts.canReplace = true;
      this.probed = false;
      this.settingsRead = null;
    });
  }

  /** With a pin the certificate itself is compared, whatever else is said. */
  get unverified(): boolean { return this.options.unverified === true && this.settings.pin === ''; }
  get messaging(): 'email' | 'text' { return this.settings.messaging; }
  get nameRule(): 'strict' | 'extended' { return this.settings.nameRule; }
  get creditReserve(): number { return this.settings.creditReserve; }
  get dailyCreditLimit(): number { return this.settings.dailyCreditLimit; }
  get state(): SiteState { return this.api.board.state; }
  get listAskedOf(): 'portal' | 'biostar' { return this.portal === null ? 'biostar' : 'portal'; }

  /** Of the server, as far as it told. */
  get version(): string | null { return this.api.version; }

  get timeZone(): string {
    return this.settings.timeZone || (this.portal?.timeZone ?? 'UTC');
  }

  capabilities(): Capability[] {
    const own = OWN.filter((capability) => !this.lacks.some((lack) => lack.capability === capability));
    const ofPortal = this.portal?.capabilities() ?? [];
    return [...own, ...OF_PORTAL.filter((capability) => ofPortal.includes(capability))];
  }

  unavailable(): Unavailable[] {
    const ofPortal = this.portal?.capabilities() ?? [];
    const why = this.portal === null ? 'BioStar has no call for it: set up the portal site beside it (provider portal, same site ID).' : 'Neither BioStar nor the portal site beside it has it.';
    return [...this.lacks, ...OF_PORTAL.filter((capability) => !ofPortal.includes(capability)).map((capability) => ({ capability, reason: why }))];
  }

  session(): { since: string; expiresAt: string | null } | null {
    return this.api.times();
  }

  forgive(): void {
    this.api.forgive();
  }

  onState(listener: StateListener): () => void {
    return this.api.board.onState(listener);
  }

  close(): void {
    this.hintListeners.clear();
    this.api.close();
  }

  /** Something happened at the server that its blacklist should be read for. Returns the end of it. */
  onHint(listener: () => void): () => void {
    this.hintListeners.add(listener);
    return () => { this.hintListeners.delete(listener); };
  }

  hint(): void {
    for (const listener of this.hintListeners) listener();
  }

  async info(): Promise<SiteInfo> {
    const { mobile } = await this.serverSettings();
    if (!this.probed) {
      const { lacks, isComplete } = await probe(this.api);
      this.probed = isComplete;
      this.lacks = lacks;
      await this.api.learnVersion();
    }
    const told = await this.portalInfo();
    const siteId = this.settings.siteId || (mobile.siteId ?? this.siteId);
    return told === null ? {
      siteId, name: this.api.host, accessType: mobile.siteType ?? 'REGULAR', status: 'ACTIVATED', timeZone: null,
      credits: { card: null, maintenance: null, text: null, used: null, bought: null },
    } : { ...told, siteId };
  }

  /** What the server's mobile settings say, beside our own site ID. `matches` null: ours is empty. */
  async mobileSetup(): Promise<{ configured: boolean; siteId: string | null; siteType: string | null; matches: boolean | null }> {
    const { mobile } = await this.serverSettings();
    return { ...mobile, matches: this.settings.siteId === '' ? null : mobile.siteId === this.settings.siteId };
  }

  serverSettings(): Promise<ServerSettings> {
    const now = this.options.clock.now();
    const known = this.settingsRead;
    if (known !== null && now >= known.at && now - known.at < SETTINGS_MS) return known.settings;
    const settings = readServerSettings(this.api).then((read) => {
      this.api.idleSeconds = read.idleSeconds;
      return read;
    });
    const mine = { at: now, settings };
    this.settingsRead = mine;
    settings.catch(() => { if (this.settingsRead === mine) this.settingsRead = null; });
    return settings;
  }

  /** The portal's word wins where a portal site is configured beside. */
  async list(): Promise<SiteList> {
    if (this.portal !== null) return this.portal.list();
    const startedAt = this.options.clock.now();
    const rows = await this.cards.credentials();
    return { credentials: rows.map((row) => (row.status === null && this.letIn.has(row.userId) ? { ...row, status: 'activated' } : row)), startedAt };
  }

  /** A reader of the server has let this user in by mobile card: the phone has it. What else would tell, BioStar does not say. */
  noteLetIn(userId: string): void {
    if (this.letIn.size < MOST_LET_IN) this.letIn.add(userId);
  }

  devices(): Promise<RegisteredReader[]> {
    const { portal } = this;
    return portal?.capabilities().includes('devices') === true ? portal.devices() : devices(this.api);
  }

  issue(person: Person, cardId: string, steps: OperationSteps): Promise<SiteAnswer> {
    this.letIn.delete(person.userId);
    return this.learning(this.mobileCards.issue(person, cardId, steps));
  }

  reissue(cardId: string, newCardId: string, steps: OperationSteps): Promise<SiteAnswer> {
    this.letIn.delete(steps.userId);
    return this.learning(this.mobileCards.reissue(cardId, newCardId, steps));
  }

  delete(cardId: string, steps: OperationSteps): Promise<SiteAnswer> {
    return this.mobileCards.delete(cardId, steps);
  }

  complete(interrupted: Interrupted, steps: OperationSteps): Promise<SiteAnswer> {
    return this.mobileCards.complete(interrupted, steps);
  }

  resend(cardId: string): Promise<SiteAnswer> {
    return this.ofPortal().resend(cardId);
  }

  suspend(cardId: string): Promise<SiteAnswer> {
    return this.ofPortal().suspend(cardId);
  }

  resume(cardId: string): Promise<SiteAnswer> {
    return this.ofPortal().resume(cardId);
  }

  block(cardId: string): Promise<void> {
    return this.cards.block(cardId);
  }

  unblock(cardId: string): Promise<void> {
    return this.cards.unblock(cardId);
  }

  blocked(): Promise<string[]> {
    return this.cards.blocked();
  }

  release(cardId: string): Promise<void> {
    return this.cards.release(cardId);
  }

  /** A server without the calls of mobile access issues nothing: that is offered no longer. */
  private async learning<T>(call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      if (isMissingCall(error)) this.lacks = [...this.lacks, ...(['issue', 'reissue'] as const).map((capability) => ({ capability, reason: (error as McError).message }))];
      throw error;
    }
  }

  private get portal(): SitePort | null {
    return this.options.portalBeside?.() ?? null;
  }

  private ofPortal(): SitePort {
    if (this.portal !== null) return this.portal;
    throw new McError('NOT_SUPPORTED', 'BioStar has no call for it. Set up the portal site beside it: an mc-site with the provider "portal" and the same site ID.');
  }

  /** Null where there is none beside, or it does not answer and nothing hangs on its figures. */
  private async portalInfo(): Promise<SiteInfo | null> {
    try {
      return await this.portal?.info() ?? null;
    } catch (error) {
      if (!isMcError(error) || this.creditReserve > 0) throw error;
      return null;
    }
  }

  private async mobileSettings(): Promise<ServerSettings['mobile']> {
    const { mobile } = await this.serverSettings();
    if (mobile.configured) return mobile;
    throw new McError('SITE_NOT_ACTIVE', 'Mobile access is not set up in this BioStar server: Settings, Mobile Access.');
  }

  private async portalHas(cardId: string, userId: string): Promise<boolean | null> {
    const { portal } = this;
    if (portal?.capabilities().includes('list') !== true) return null;
    const { credentials } = await portal.list();
    return credentials.some((row) => row.cardId === cardId && row.userId === userId && row.status !== 'deleted');
  }
}
