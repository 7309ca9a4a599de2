/**
 * A BioStar 2 server written from the vendor's description alone (New Local API: session, users, cards, mobile access,
 * doors, events), with books of its own and a small portal behind it. Nothing of `nodes/` is used: it is the other side.
 * What the vendor leaves open is a property here, so that a test may have it either way.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { blacklistRoutes, type BlacklistManners } from './strict-biostar/blacklist';
import { Books, MOBILE } from './strict-biostar/books';
import { cardRoutes, type CardAnswer } from './strict-biostar/cards';
import { httpOf } from './strict-biostar/codes';
import { Csv } from './strict-biostar/csv-import';
import { Doors } from './strict-biostar/doors';
import { asStrings, dressed, rendered, type Rows, type Scalars } from './strict-biostar/envelope';
import { Events, type Happened } from './strict-biostar/events';
import { misbehaved, type Fault } from './strict-biostar/faults';
import { groupRoutes } from './strict-biostar/groups';
import { Listener, type Listen } from './strict-biostar/listener';
import { mobileRoutes, type MobileManners } from './strict-biostar/mobile';
import { registerRoutes } from './strict-biostar/register';
import { Router } from './strict-biostar/router';
import { Sessions } from './strict-biostar/sessions';
import { settingRoutes } from './strict-biostar/setting';
import { userRoutes } from './strict-biostar/users';
import { userSearchRoutes } from './strict-biostar/user-search';
import { no, Refused, type Call, type Json, type Reply } from './strict-biostar/wire';
import { Wsapi } from './strict-biostar/wsapi';

export type { Fault } from './strict-biostar/faults';
export type { Listen } from './strict-biostar/listener';

export class StrictBiostar {
  version = '2.9.8.17';
  readonly books = new Books();
  readonly settings = this.books.settings;
  /** Credits and cards of the portal; `portal.standBeside(plainPortal)` makes them those of a portal that runs beside. */
  readonly portal = this.books.portal;
  readonly doors = new Doors();
  readonly sessions = new Sessions(this.settings, () => this.version);
  readonly account = this.sessions.account;
  readonly events = new Events(this.books, this.doors);
  readonly wsapi = new Wsapi((sid) => this.sessions.has(sid));
  /** Every request that arrived, as `METHOD /path`; a WebSocket as `GET /wsapi`. */
  readonly seen: string[] = [];
  /** Bodies of the requests, in order; undefined = none, or not JSON. `query` with its `?`. */
  readonly bodies: { route: string; query: string; body: unknown }[] = [];
  /** Asked before each request (`nth` counts this method and path from 1) and before a socket (`GET /wsapi`); null = normal. */
  fault: (method: string, path: string, nth: number) => Fault | null = () => null;
  scalars: Scalars = 'vendor';
  rows: Rows = 'array';
  /** Failures come without `Response` around them. */
  bareErrors = false;
  /** Routes that this server lacks, `POST /api/v2/mobile/replace` or with open parts `GET /api/users/{id}`: 103. */
  missing = new Set<string>();
  /** Routes that are refused with a code (20, 331779, 331791...), written like those of `missing`. */
  readonly refused = new Map<string, string>();
  latencyMs = 0;
  /** An import answers code 4 and goes on for so long; 0 = it answers at its end. */
  csvTaskMs = 0;
  /** HTTP status of "all failed"; null = 200 for users in bulk, 404 for CSV, as seen of each. */
  allFailedHttp: 200 | 404 | null = null;
  readonly blacklist: BlacklistManners = { http500: true, againCode: '262201', most: 1000 };
  readonly mobile: MobileManners = { http: 400, unknownDelete: 'quiet' };
  cardAnswer: CardAnswer = 'rows';
  /** Events are stored and not delivered. */
  silent = false;
  readonly csv = new Csv(this.books, () => ({ taskMs: this.csvTaskMs, allFailedHttp: this.allFailedHttp }));
  private readonly router = new Router([
    ...settingRoutes(this.settings, () => this.version), ...userRoutes(this.books, () => this.allFailedHttp), ...userSearchRoutes(this.books),
    ...this.csv.routes(), ...cardRoutes(this.books, () => this.cardAnswer), ...blacklistRoutes(this.books, () => this.blacklist),
    ...mobileRoutes(this.books, () => this.mobile), ...registerRoutes(this.books), ...groupRoutes(this.books), ...this.doors.routes(),
    ...this.events.routes(), this.wsapi.route(), ['POST', '/api/login', ({ body }) => this.sessions.login(body)],
    ['POST', '/api/logout', ({ sid }) => this.sessions.logout(sid)],
  ]);
  private readonly times = new Map<string, number>();
  private readonly listener = new Listener({
    request: (req, res, raw) => this.serve(req, res, raw), upgrade: (req, socket, head) => { this.upgrade(req, socket, head); },
  });

  start(listen: number | Listen = 0): Promise<number> {
    this.csv.start();
    return this.listener.start(typeof listen === 'number' ? { port: listen } : listen);
  }

  async stop(): Promise<void> {
    this.csv.stop();
    this.wsapi.cut();
    await this.listener.stop();
  }

  get port(): number {
    return this.listener.port;
  }

  get logins(): number {
    return this.sessions.logins;
  }

  /** "Already so" answers of the blacklist arrive on HTTP 500; false = 400. */
  get blacklistHttp500(): boolean {
    return this.blacklist.http500;
  }

  set blacklistHttp500(value: boolean) {
    this.blacklist.http500 = value;
  }

  /** Open WebSockets, started or not. */
  get sockets(): number {
    return this.wsapi.count;
  }

  count(method: string, path: string): number {
    return this.seen.filter((entry) => entry === `${method} ${path}`).length;
  }

  /** Stores an event under the next id and, unless `silent`, sends it to the started sockets. */
  emit(event: Happened): Json {
    const row = this.events.add(event);
    if (!this.silent) this.deliver(row);
    return row;
  }

  /** A card is held to the reader of a door: the event that this server says of it, as `emit` has it. */
  present(number: string, doorId = '5'): Json {
    return this.emit({ ...this.events.verdict(number), doorId });
  }

  /** Sends a frame to the started sockets: text or bytes as they are, a row of the log as an event. */
  deliver(raw: string | Buffer | Json): void {
    const asIs = typeof raw === 'string' || Buffer.isBuffer(raw);
    this.wsapi.deliver(asIs ? raw : JSON.stringify({ Event: dressed(raw, asStrings('/wsapi', this.scalars), this.rows) }));
  }

  cutSockets(): void {
    this.wsapi.cut();
  }

  /** Every session is forgotten, as by a restart (10) or by idling (11). */
  endSessions(code: '10' | '11' = '10'): void {
    this.sessions.endAll(code);
  }

  /** Numbers that the portal has and no user of BioStar. */
  orphans(): string[] {
    this.portal.pull();
    return [...this.portal.cards.keys()].filter((number) => this.books.numbered(number)?.owner == null);
  }

  /** Numbers that a user of BioStar has as a mobile card and the portal has not. */
  ghosts(): string[] {
    this.portal.pull();
    return [...this.books.cards.values()].filter((card) => card.type === MOBILE && card.owner !== null && !this.portal.cards.has(card.number)).map(({ number }) => number);
  }

  /** Card numbers of a user. */
  usersCards(userId: string): string[] {
    return this.books.cardsOf(userId).map(({ number }) => number);
  }

  private note(method: string, path: string): Fault | null {
    const route = `${method} ${path}`;
    const nth = (this.times.get(route) ?? 0) + 1;
    this.times.set(route, nth);
    this.seen.push(route);
    return this.fault(method, path, nth);
  }

  private upgrade(req: IncomingMessage, socket: Socket, head: Buffer): void {
    const path = new URL(req.url ?? '/', 'http://x').pathname;
    const fault = this.note('GET', path);
    if (fault === 'hang') return;
    if (fault !== null || path !== '/wsapi') socket.destroy();
    else this.wsapi.accept(req, socket, head);
  }

  private async serve(req: IncomingMessage, res: ServerResponse, raw: Buffer): Promise<void> {
    const url = new URL(req.url ?? '/', 'http://x');
    const method = req.method ?? '';
    const sid = String(req.headers['bs-session-id'] ?? '');
    const body = jsonIn(raw);
    this.bodies.push({ route: `${method} ${url.pathname}`, query: url.search, body: raw.length === 0 ? undefined : body ?? undefined });
    const fault = this.note(method, url.pathname);
    if (this.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, this.latencyMs));
    if (misbehaved(fault, res, (code) => { this.sessions.end(sid, code); })) return;
    const contentType = req.headers['content-type'] ?? '';
    const reply = await this.answer({ method, path: url.pathname, query: url.searchParams, body: body ?? {}, raw, contentType, sid, params: [] }, body === null);
    if (fault === 'act-then-drop') { res.destroy(); return; }
    if (reply.file !== undefined) { res.writeHead(200, { 'content-type': reply.file.type }).end(reply.file.data); return; }
    const { http, text } = rendered(reply, url.pathname, this, reply.http ?? httpOf(reply.code));
    res.writeHead(http, { 'content-type': 'application/json;charset=UTF-8', ...reply.headers }).end(text);
  }

  private async answer(call: Call, malformed: boolean): Promise<Reply> {
    const { method, path, sid } = call;
    const free = path === '/api/login' || !path.startsWith('/api/');
    const ended = free ? null : this.sessions.refused(sid);
    if (ended !== null) return no(ended);
    const found = this.router.find(method, path);
    // A trailing slash, a path that is not there, a call that this version has not yet (suprema-api A1, E3).
    if (found === null || found.names.some((name) => this.missing.has(name))) return no(103);
    const refusal = found.names.map((name) => this.refused.get(name)).find((code) => code !== undefined);
    if (refusal !== undefined) return no(refusal, /^3317/.test(refusal) ? { response: 'bare' } : {});
    if (malformed && !call.contentType.startsWith('multipart/')) return path.startsWith('/api/v2/') ? no(1000) : no(700);
    this.portal.pull();
    try {
      return await found.handler({ ...call, params: found.params });
    } catch (error) {
      if (error instanceof Refused) return error.reply;
      throw error;
    }
  }
}

/** The JSON object of a body; `{}` of an empty one, null of anything else. */
function jsonIn(raw: Buffer): Json | null {
  if (raw.length === 0) return {};
  try {
    const value: unknown = JSON.parse(raw.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Json : null;
  } catch {
    return null;
  }
}
