/** An HTTP proxy as companies have them: CONNECT for TLS, whole addresses for plain HTTP. */
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export class TestProxy {
  /** `METHOD target` of what it was asked for. */
  readonly seen: string[] = [];
  readonly accounts: (string | undefined)[] = [];
  /** What CONNECT is answered with instead of a tunnel. */
  refuseWith: string | null = null;
  private readonly server: Server;
  private readonly sockets = new Set<Duplex>();

  constructor() {
    this.server = createServer((req, res) => {
      this.note(req);
      const url = new URL(req.url ?? '');
      req.pipe(request({ host: url.hostname, port: url.port, method: req.method, path: url.pathname + url.search, headers: req.headers }, (answer) => {
        res.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(res);
      }));
    });
    this.server.on('connect', (req: IncomingMessage, client: Socket, head: Buffer) => {
      this.note(req);
      this.track(client);
      if (this.refuseWith !== null) {
        client.end(`HTTP/1.1 ${this.refuseWith}\r\nContent-Length: 2\r\n\r\n{}`);
        return;
      }
      const { hostname, port } = new URL(`http://${req.url}`);
      const upstream = connect(Number(port), hostname, () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        upstream.write(head);
        upstream.pipe(client).pipe(upstream);
      });
      this.track(upstream);
    });
    this.server.on('connection', (socket: Socket) => this.track(socket));
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => { resolve(); }));
  }

  private note(req: IncomingMessage): void {
    this.seen.push(`${req.method} ${req.url}`);
    this.accounts.push(req.headers['proxy-authorization']);
  }

  private track(socket: Duplex): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
  }
}

const NAMES = /^(http|https|all|no)_proxy$/i;

/** Sets the proxy variables, and none but these; returns what puts everything back. */
export function withEnvironment(variables: Record<string, string>): () => void {
  const before = process.env;
  process.env = { ...Object.fromEntries(Object.entries(before).filter(([name]) => !NAMES.test(name))), ...variables };
  return () => { process.env = before; };
}
