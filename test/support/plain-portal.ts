/**
 * A portal written from the public description alone (Airfob Portal API: login, site, user/card; the contract's
 * default routes for the rest), with books of its own. Nothing of `nodes/` is used: it is the other side.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface PlainCard {
  number: string;
  userKey: string;
  name: string;
  email: string | undefined;
  phone: string | undefined;
  status: string;
}

export interface Booked { what: 'issue' | 'reissue' | 'delete'; number: string; userKey: string; former?: string }

export interface Answer { status: number; body: unknown }

/** What happens instead of, or after, the normal work of a request. */
export type Fault = 'hang' | 'drop' | 'act-then-drop' | 'act-then-cut' | 'html' | 'act-then-html' | { status: number; body?: unknown; headers?: Record<string, string> };

export class PlainPortal {
  readonly account = { email: 'admin@site.example', password: 'a-Secret-of-the-site' };
  siteId = '4711';
  siteStatus = 'ACTIVATED';
  accessType = 'REGULAR';
  credits = 10;
  cards: PlainCard[] = [];
  devices: { id: string; name: string }[] = [];
  /** Every request that arrived, as `METHOD /path`. */
  readonly seen: string[] = [];
  /** Bodies of POST /user/card, in order. */
  readonly issueBodies: Record<string, unknown>[] = [];
  /** What it carried out, in order. */
  readonly books: Booked[] = [];
  /** Asked before each request; null = normal. */
  fault: (method: string, path: string) => Fault | null = () => null;
  pageSize = 20;
  withTotal = true;
  tokens = new Set<string>();
  private readonly server: Server = createServer((req, res) => { this.serve(req, res); });
  private readonly sockets = new Set<Socket>();

  async start(port = 0): Promise<number> {
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    return this.port;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.sockets.size;
  }

  count(method: string, path: string): number {
    return this.seen.filter((entry) => entry === `${method} ${path}`).length;
  }

  card(number: string): PlainCard | undefined {
    return this.cards.find((card) => card.number === number);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => { resolve(); }));
  }

  private serve(req: IncomingMessage, res: ServerResponse): void {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const url = new URL(req.url ?? '/', 'http://x');
      const method = req.method ?? '';
      this.seen.push(`${method} ${url.pathname}`);
      const fault = this.fault(method, url.pathname);
      if (fault === 'hang') return;
      if (fault === 'drop') { res.destroy(); return; }
      if (fault === 'html') { res.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Welcome</body></html>'); return; }
      if (typeof fault === 'object' && fault !== null) {
        res.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
        res.end(JSON.stringify(fault.body ?? { status: fault.status, message: 'no' }));
        return;
      }
      const { status, body } = this.answer(method, url, req, Buffer.concat(chunks).toString());
      const text = JSON.stringify(body);
      if (fault === 'act-then-drop') { res.destroy(); return; }
      if (fault === 'act-then-html') { res.writeHead(200, { 'content-type': 'text/html' }).end('<html>gateway</html>'); return; }
      res.writeHead(status, { 'content-type': 'application/json' });
      if (fault === 'act-then-cut') { res.end(text.slice(0, Math.floor(text.length / 2))); return; }
      res.end(text);
    });
  }

  private answer(method: string, url: URL, req: IncomingMessage, text: string): Answer {
    const ok = (record: unknown): Answer => ({ status: 200, body: { status: 200, message: 'success', record } });
    const no = (status: number, message: string, code?: string): Answer => ({ status, body: { status, message, ...(code === undefined ? {} : { code }) } });
    const body = bodyIn(text);
    if (body === null) return no(400, 'Not JSON');
    const path = url.pathname;
    if (method === 'POST' && path === '/login') {
      if (body['email'] !== this.account.email || body['password'] !== this.account.password) return no(401, 'Unauthorized');
      const now = Math.floor(Date.now() / 1000);
      const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const token = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ em: this.account.email, iat: now, exp: now + 3600, n: this.tokens.size })}.c2ln`;
      this.tokens.add(token);
      return ok({ email: this.account.email, accountType: 'sitemanager', accessToken: token, name: 'Admin', accountStatus: 'ACTIVATED' });
    }
    if (!this.tokens.has((req.headers.authorization ?? '').replace('Bearer ', ''))) return no(401, 'Unauthorized');
    const site = `/site/${this.siteId}`;
    if (path.startsWith('/site/') && path !== site && !path.startsWith(`${site}/`)) return no(404, 'Site not found');
    if (method === 'GET' && path === site) {
      return ok({
        id: this.siteId, name: 'Plant North', accessType: this.accessType, status: this.siteStatus, created: 1_600_000_000_000,
        credit: String(this.credits), refill: '0', smsCredit: '3', countryCode: 'GB', languageCode: 'en', timeZone: 'Europe/London',
      });
    }
    const page = Number(url.searchParams.get('page') ?? '0');
    const cut = <T>(rows: T[]): T[] => rows.slice(page * this.pageSize, (page + 1) * this.pageSize);
    if (method === 'GET' && path === `${site}/card`) {
      return ok({ rows: cut(this.cards), ...(this.withTotal ? { total: String(this.cards.length) } : {}) });
    }
    if (method === 'GET' && path === `${site}/device`) return ok({ rows: cut(this.devices) });
    if (method === 'POST' && path === '/user/card') return this.issue(body, ok, no);
    const [, , , number = '', action] = path.split('/');
    const card = this.card(decodeURIComponent(number));
    if (!path.startsWith('/user/card/') || card === undefined) return no(404, 'Card not found');
    if (method === 'DELETE') {
      this.cards = this.cards.filter((other) => other !== card);
      this.books.push({ what: 'delete', number: card.number, userKey: card.userKey });
      return ok({});
    }
    if (method === 'PUT') {
      if (this.credits < 1) return no(402, 'Not enough credit');
      this.credits -= 1;
      const former = card.number;
      card.number = (body['card'] as unknown as { number: string }).number;
      this.books.push({ what: 'reissue', number: card.number, userKey: card.userKey, former });
      card.status = 'INACTIVE';
      return ok({ number: card.number, status: 'INACTIVE' });
    }
    if (action === 'suspend') card.status = 'PAUSED';
    if (action === 'resume') card.status = 'ACTIVE';
    return ok({ number: card.number, status: card.status });
  }

  private issue(body: Record<string, unknown>, ok: (r: unknown) => Answer, no: (s: number, m: string, c?: string) => Answer): Answer {
    this.issueBodies.push(body);
    const user = body['user'] as { userKey: string; email?: string; phone?: string; meta: string };
    const { number } = body['card'] as { number: string };
    if (String(body['siteId']) !== this.siteId) return no(404, 'Site not found');
    if (typeof number !== 'string' || !/^[1-9]\d{0,31}$/.test(number)) return no(400, 'card.number');
    if (this.card(number) !== undefined) return no(409, 'Card already registered', 'u1001');
    if (this.credits < 1) return no(402, 'Not enough credit');
    this.credits -= 1;
    const meta = JSON.parse(user.meta) as { name: string };
    this.cards.push({ number, userKey: user.userKey, name: meta.name, email: user.email, phone: user.phone, status: 'INACTIVE' });
    this.books.push({ what: 'issue', number, userKey: user.userKey });
    return ok({ number, status: 'INACTIVE', cardType: 'REGULAR' });
  }
}

function bodyIn(text: string): Record<string, never> | null {
  try {
    return text === '' ? {} : JSON.parse(text) as Record<string, never>;
  } catch {
    return null;
  }
}
