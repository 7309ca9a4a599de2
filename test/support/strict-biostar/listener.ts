/** The socket side of the server: HTTP or HTTPS on loopback, and a stop that leaves no connection behind. */
import { createServer as plainServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as tlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** `key` and `cert` in PEM: the server then speaks HTTPS and WSS. */
export interface Listen { port?: number; key?: string | Buffer; cert?: string | Buffer }

export interface Receiver {
  request(req: IncomingMessage, res: ServerResponse, raw: Buffer): Promise<void>;
  upgrade(req: IncomingMessage, socket: Socket, head: Buffer): void;
}

export class Listener {
  private readonly connections = new Set<Socket>();
  private server: Server | null = null;

  constructor(private readonly receiver: Receiver) {}

  get port(): number {
    return (this.server?.address() as AddressInfo).port;
  }

  async start({ port = 0, key, cert }: Listen): Promise<number> {
    const serve = (req: IncomingMessage, res: ServerResponse): void => { this.receive(req, res); };
    const server = key === undefined ? plainServer(serve) : tlsServer({ key, cert }, serve);
    this.server = server;
    server.on('connection', (socket: Socket) => {
      this.connections.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.connections.delete(socket));
    });
    server.on('upgrade', (req: IncomingMessage, socket: Socket, head: Buffer) => {
      socket.on('error', () => undefined);
      this.receiver.upgrade(req, socket, head);
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return this.port;
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = null;
    for (const socket of this.connections) socket.destroy();
    if (server !== null) await new Promise<void>((resolve) => server.close(() => { resolve(); }));
  }

  private receive(req: IncomingMessage, res: ServerResponse): void {
    const chunks: Buffer[] = [];
    req.on('error', () => undefined);
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      this.receiver.request(req, res, Buffer.concat(chunks)).catch((error: unknown) => {
        // A mistake of this server itself is told in its words, and is never a lost answer.
        res.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
      });
    });
  }
}
