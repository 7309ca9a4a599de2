/**
 * A BioStar server written from the vendor's description alone (suprema-api A, C, E), with books of its own and a small
 * portal behind it. Nothing of `nodes/` is used: it is the other side.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { Books, type Json, type PlainEvent } from './biostar/books';
import { type Asked, type Options, type Reply, ROUTES } from './biostar/routes';

/** What happens instead of, or after, the normal work of a request. */
export type BiostarFault = 'hang' | 'drop' | 'act-then-drop' | 'html' | 'kick' | 'expire' | { http: number; code: number | string; bare?: boolean };

const REAL = new Set(['/api/v2/']);

export class PlainBiostar {
  readonly account = { login_id: 'svc-nodered', password: 'a-Secret-of-BioStar' };
  readonly books = new Books();
  readonly options: Options = {
    siteType: 'REGULAR', siteId: '4711', alphanumeric: false, rows: 'array', csvTaskMs: 0, blacklistHttp500: false, offlineDoors: new Set(), files: new Map(),
  };
  /** Every request that arrived, as `METHOD /path`. */
  readonly seen: string[] = [];
  readonly bodies: { route: string; body: Json }[] = [];
  logins = 0;
  /** Most requests at a time. */
  mostAtOnce = 0;
  latencyMs = 0;
  scalars: 'strings' | 'numbers' = 'strings';
  needToUpdatePw = false;
  /** Routes that answer 103. */
  readonly missing = new Set<string>();
  /** In place of what a route answers. */
  readonly replies = new Map<string, (asked: Asked) => Reply>();
  /** Asked before each request; `nth` counts that route's requests from 1. */
  fault: (method: string, path: string, nth: number) => BiostarFault | null = () => null;
  /** Events are kept and not delivered. */
  silent = false;
  private readonly sessions = new Set<string>();
  private readonly started = new Set<WebSocket>();
  private readonly greeted = new Map<WebSocket, string>();
  private readonly sockets = new Set<Socket>();
  private readonly counts = new Map<string, number>();
  private readonly web = new WebSocketServer({ noServer: true });
  private server: Server | null = null;
  private atOnce = 0;

  async start(tls?: { key: string; cert: string }): Promise<number> {
    const serve = (req: IncomingMessage, res: ServerResponse): void => { void this.serve(req, res); };
    const server = tls === undefined ? createServer(serve) : createSecure(tls, serve);
    this.server = server;
    server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    server.on('upgrade', (req, socket, head) => {
      if (req.url !== '/wsapi') socket.destroy();
      else this.web.handleUpgrade(req, socket, head, (ws) => { this.greet(ws); });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  get port(): number {
    return (this.server?.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.cutSockets();
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => { this.server?.close(() => resolve()); });
  }

  kickAll(): void {
    this.sessions.clear();
  }

  /** Sockets that get events. */
  get listeners(): number {
    return this.started.size;
  }

  cutSockets(): void {
    for (const ws of this.web.clients) ws.terminate();
  }

  emit(code: number, more: Json = {}): PlainEvent {
    const event = this.books.addEvent(code, more);
    if (!this.silent) this.deliver(event);
    return event;
  }

  deliver({ row }: PlainEvent): void {
    for (const ws of this.started) ws.send(JSON.stringify({ Event: row }));
  }

  count(route: string): number {
    return this.seen.filter((one) => one === route).length;
  }

  private greet(ws: WebSocket): void {
    ws.on('close', () => { this.started.delete(ws); this.greeted.delete(ws); });
    ws.on('message', (data: Buffer) => {
      const session = /^bs-session-id=(.+)$/.exec(data.toString())?.[1] ?? '';
      const ok = this.sessions.has(session);
      if (ok) this.greeted.set(ws, session);
      ws.send(JSON.stringify({ Response: { code: ok ? '0' : '1101', message: '' } }));
    });
  }

  private async serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', 'http://x');
    const name = `${req.method ?? ''} ${url.pathname}`;
    this.seen.push(name);
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of req) chunks.push(chunk as Buffer);
      const raw = Buffer.concat(chunks);
      const isJson = (req.headers['content-type'] ?? '').includes('json');
      const body = isJson && raw.length > 0 ? JSON.parse(raw.toString()) as Json : {};
      this.bodies.push({ route: name, body });
      if (this.latencyMs > 0) await new Promise((resolve) => { setTimeout(resolve, this.latencyMs); });
      this.answer(name, url, body, raw, req, res);
    } catch {
      res.destroy();
    } finally {
      this.atOnce -= 1;
    }
  }

  private answer(name: string, url: URL, body: Json, raw: Buffer, req: IncomingMessage, res: ServerResponse): void {
    const nth = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, nth);
    const fault = this.fault(req.method ?? '', url.pathname, nth);
    const session = String(req.headers['bs-session-id'] ?? '');
    if (fault === 'hang') return;
    if (fault === 'drop') {
      req.socket.destroy();
      return;
    }
    if (fault === 'html') {
      res.writeHead(200, { 'Content-Type': 'text/html' });
      res.end('<html>proxy</html>');
      return;
    }
    if (fault === 'kick' || fault === 'expire') {
      this.sessions.delete(session);
      this.reply(res, url, { http: 401, code: fault === 'kick' ? 10 : 11 });
      return;
    }
    if (typeof fault === 'object' && fault !== null) {
      this.reply(res, url, fault);
      return;
    }
    const reply = this.carryOut(name, url, body, raw, session, res);
    if (fault === 'act-then-drop') req.socket.destroy();
    else this.reply(res, url, reply);
  }

  private carryOut(name: string, url: URL, body: Json, raw: Buffer, session: string, res: ServerResponse): Reply {
    if (name === 'GET /js/info.json') return { text: JSON.stringify({ version: '2.9.8.1' }) };
    if (name === 'POST /api/login') return this.login(body, res);
    if (!this.sessions.has(session)) return { http: 401, code: 10 };
    if (this.missing.has(name)) return { http: 400, code: 103 };
    if (name === 'POST /api/events/start') {
      for (const [ws, of] of this.greeted) if (of === session) this.started.add(ws);
      return {};
    }
    if (name.startsWith('GET /download/')) return { text: this.options.files.get(decodeURIComponent(url.pathname.slice('/download/'.length))) ?? '' };
    const handler = this.replies.get(name) ?? ROUTES[name] ?? ROUTES[name.replace(/^(GET|PUT) \/api\/users\/[^/]+$/, '$1 /api/users/:id')];
    if (handler === undefined) return { http: 400, code: 103 };
    return handler({ path: url.pathname, query: url.searchParams, body, books: this.books, options: this.options, raw });
  }

  private login(body: Json, res: ServerResponse): Reply {
    const user = body['User'] as Json | undefined;
    if (user?.['login_id'] !== this.account.login_id || user['password'] !== this.account.password) return { http: 400, code: 101 };
    this.logins += 1;
    const session = randomBytes(16).toString('hex');
    this.sessions.add(session);
    res.setHeader('bs-session-id', session);
    return { body: { User: { user_id: '1', need_to_update_pw: this.needToUpdatePw }, version: { biostarVersion: '2.9.8' } } };
  }

  private reply(res: ServerResponse, url: URL, { http = 200, code = 0, body = {}, bare = false, text }: Reply): void {
    if (text !== undefined) {
      res.writeHead(200);
      res.end(text);
      return;
    }
    const envelope = { code: String(code), link: 'https://support.example', message: 'x' };
    const whole = bare ? { ...body, ...envelope } : { ...body, Response: { ...envelope, ...(body['Response'] as Json | undefined) } };
    const isV2 = [...REAL].some((prefix) => url.pathname.startsWith(prefix));
    res.writeHead(http, { 'Content-Type': 'application/json;charset=UTF-8' });
    res.end(JSON.stringify(this.scalars === 'strings' && !isV2 ? asStrings(whole) : whole));
  }
}

function asStrings(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(asStrings);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, asStrings(one)]));
  return value;
}
