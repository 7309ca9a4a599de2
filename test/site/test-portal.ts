/** A portal on a real socket, written from the public description (suprema-api B1.1); every route can be answered otherwise. */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { inspect } from 'node:util';
import { systemClock, type Clock } from '../../nodes/credential/clock';
import type { Person } from '../../nodes/credential/record';
import { PortalSite, type PortalOptions } from '../../nodes/site/portal/portal-site';
import { readSiteSettings } from '../../nodes/site/site-settings';

export interface Seen { method: string; path: string; url: URL; token: string; body: any; headers: IncomingMessage['headers']; socket: Socket }
export interface PlainAnswer { status?: number; json?: unknown; text?: string; headers?: Record<string, string> }
/** An answer, or whatever the handler does with the response itself. */
export type Answer = PlainAnswer | ((res: ServerResponse) => void);

export const ACCOUNT = { email: 'siteadmin@plant.example', password: 'correct horse, battery' };

export class TestPortal {
  readonly seen: Seen[] = [];
  /** Asked first; undefined = the normal answer. */
  answer: (seen: Seen) => Answer | undefined = () => undefined;
  /** What GET /site/4711 tells beside the usual. */
  site: Record<string, unknown> = {};
  cards: Record<string, unknown>[] = [];
  pageSize = 3;
  tokens = new Set<string>();
  /** Seconds a token says that it lives. */
  tokenSeconds = 3600;
  connections = 0;
  private issued = 0;
  private readonly sockets = new Set<Socket>();
  private server!: Server;

  static async start(tls?: ServerOptions, host = '127.0.0.1'): Promise<TestPortal> {
    const portal = new TestPortal();
    const listener: RequestListener = (req, res) => { portal.serve(req, res); };
    portal.server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
    portal.server.on('connection', (socket: Socket) => {
      portal.connections += 1;
      portal.sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => portal.sockets.delete(socket));
    });
    portal.server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => portal.server.listen(0, host, resolve));
    return portal;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  count(method: string, path: string): number {
    return this.seen.filter((seen) => seen.method === method && seen.path === path).length;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    if (this.server.listening) await new Promise<void>((resolve) => this.server.close(() => { resolve(); }));
  }

  private serve(req: IncomingMessage, res: ServerResponse): void {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const url = new URL(req.url ?? '', 'http://portal.invalid');
      const text = Buffer.concat(chunks).toString();
      const seen: Seen = {
        method: req.method ?? '', path: url.pathname, url, token: (req.headers.authorization ?? '').replace('Bearer ', ''),
        body: text === '' ? undefined : JSON.parse(text), headers: req.headers, socket: req.socket,
      };
      this.seen.push(seen);
      const answer = this.answer(seen) ?? this.usual(seen);
      if (typeof answer === 'function') {
        answer(res);
        return;
      }
      const { status = 200, json, text: plain, headers = {} } = answer;
      res.writeHead(status, { 'content-type': json === undefined ? 'text/html' : 'application/json', ...headers });
      res.end(json === undefined ? plain ?? '' : JSON.stringify(json));
    });
  }

  private usual({ method, path, token, body, url }: Seen): Answer {
    if (method === 'POST' && path === '/login') {
      if (body.email !== ACCOUNT.email || body.password !== ACCOUNT.password) return no(401, 'Unauthorized');
      return ok({ email: ACCOUNT.email, accountType: 'sitemanager', accessToken: this.newToken(), name: 'Admin', accountStatus: 'ACTIVATED' });
    }
    if (!this.tokens.has(token)) return no(401, 'Unauthorized');
    if (method === 'GET' && path === '/site/4711') {
      return ok({
        id: '4711', name: 'Plant North', accessType: 'REGULAR', status: 'ACTIVATED', created: 1_600_000_000_000, credit: '12', refill: '0',
        smsCredit: '3', countryCode: 'GB', languageCode: 'en', timeZone: 'Europe/London', ...this.site,
      });
    }
    if (method === 'GET' && path === '/site/4711/card') {
      const page = Number(url.searchParams.get('page'));
      return ok({ rows: this.cards.slice(page * this.pageSize, (page + 1) * this.pageSize), total: String(this.cards.length) });
    }
    if (method === 'GET' && path === '/site/4711/device') return ok({ rows: [] });
    if (method === 'POST' && path === '/user/card') return ok({ number: body.card.number, status: 'INACTIVE' });
    if (path.startsWith('/user/card/')) return ok({ status: 'ACTIVE' });
    return no(404, path.startsWith('/site/') ? 'Site not found' : `Cannot ${method} ${path}`);
  }

  newToken(): string {
    this.issued += 1;
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    // A clock of its own, a day off: only the difference of the two times says anything.
    const iat = Math.floor(Date.now() / 1000) + 86_400;
    const token = `${part({ alg: 'HS256' })}.${part({ em: ACCOUNT.email, iat, exp: iat + this.tokenSeconds, n: this.issued })}.c2lnbmVk`;
    this.tokens.add(token);
    return token;
  }
}

export function ok(record: unknown): PlainAnswer {
  return { json: { status: 200, message: 'success', record } };
}

export function no(status: number, message: string, more: Record<string, unknown> = {}): PlainAnswer {
  return { status, json: { status, message, ...more } };
}

const open = new Set<{ close: () => void }>();

/** A site that `closeSites` ends. */
export function siteAt(portal: { port: number }, properties: Record<string, unknown> = {}, options: Partial<PortalOptions> = {}): PortalSite {
  const settings = readSiteSettings({ domain: `http://127.0.0.1:${portal.port}`, siteId: '4711', ...ACCOUNT, ...properties });
  const site = new PortalSite(settings, { clock: systemClock, ...options });
  open.add(site);
  return site;
}

export function closeSites(): void {
  for (const site of open) site.close();
  open.clear();
}

/** A clock that only goes when told. */
export class HandClock implements Clock {
  constructor(private ms = 1_700_000_000_000) {}
  now(): number { return this.ms; }
  forward(ms: number): void { this.ms += ms; }
}

export const PATRICK: Person = {
  userId: '4021', name: 'Patrick Johnson', email: 'patrick@plant.example', phone: null, department: null, title: null, cardId: null,
  validFrom: null, validTo: null, doors: null,
};

export const CARD = '998877665544';

/** The code a promise rejects with; '' where it does not. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(() => '', (error: unknown) => (error as { code?: string }).code ?? `no code: ${inspect(error)}`);
}

export async function failureOf(promise: Promise<unknown>): Promise<Error & { code: string; retryAfterSeconds?: number; cause?: any }> {
  return promise.then(() => { throw new Error('it should have failed'); }, (error: unknown) => error as Error & { code: string });
}
