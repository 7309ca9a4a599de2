/** A TCP proxy that injects faults between two real parts. It knows nothing of what it carries. */
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** `up` runs from the client to the server, `down` back. */
export type Direction = 'up' | 'down';

export interface Faults {
  /** Every chunk arrives so much later, in order. */
  delayMs: number;
  /** Chunks vanish; the connection stays open. */
  drop: boolean;
  /** Changes a chunk; it may return several, or none. */
  garble: ((chunk: Buffer) => Buffer[]) | null;
}

interface Pair {
  client: Socket;
  server: Socket;
}

export class FaultProxy {
  readonly faults: Readonly<Record<Direction, Faults>> = { up: noFaults(), down: noFaults() };
  /** False: new connections are ended at once. */
  accepting = true;
  /** Connections taken since the start. */
  connections = 0;
  private readonly pairs = new Set<Pair>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private server: Server;

  private constructor(private readonly target: { host: string; port: number }) {
    this.server = this.newServer();
  }

  /** Listens on a free loopback port. */
  static async start(targetPort: number, targetHost = '127.0.0.1', port = 0): Promise<FaultProxy> {
    const proxy = new FaultProxy({ host: targetHost, port: targetPort });
    await proxy.listen(port);
    return proxy;
  }

  port = 0;

  /** Connections open now. */
  get open(): number {
    return this.pairs.size;
  }

  /** Ends the faults; connections stay. */
  heal(): void {
    Object.assign(this.faults.up, noFaults());
    Object.assign(this.faults.down, noFaults());
    this.accepting = true;
  }

  /** Both directions lose everything while connections stay open: a half-open line. */
  silence(): void {
    this.faults.up.drop = this.faults.down.drop = true;
  }

  /** Ends all connections in an orderly way. */
  cut(): void {
    for (const { client, server } of [...this.pairs]) {
      client.end();
      server.destroy();
    }
  }

  /** Resets all connections. */
  reset(): void {
    for (const { client, server } of [...this.pairs]) {
      client.resetAndDestroy();
      server.destroy();
    }
  }

  /** Connections are refused until `restore`. Those that are open are reset. */
  async vanish(): Promise<void> {
    this.reset();
    await new Promise<void>((resolve) => { this.server.close(() => { resolve(); }); });
  }

  async restore(): Promise<void> {
    this.server = this.newServer();
    await this.listen(this.port);
  }

  async close(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    for (const { client, server } of [...this.pairs]) {
      client.destroy();
      server.destroy();
    }
    await new Promise<void>((resolve) => { this.server.close(() => { resolve(); }); });
  }

  private newServer(): Server {
    return createServer({ allowHalfOpen: false }, (client) => { this.take(client); });
  }

  private async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(port, '127.0.0.1', () => { resolve(); });
    });
    this.port = (this.server.address() as AddressInfo).port;
  }

  private take(client: Socket): void {
    this.connections += 1;
    if (!this.accepting) {
      client.destroy();
      return;
    }
    const server = connect(this.target.port, this.target.host);
    const pair = { client, server };
    this.pairs.add(pair);
    this.carry('up', client, server);
    this.carry('down', server, client);
    for (const [one, other] of [[client, server], [server, client]] as const) {
      one.setNoDelay(true);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.pairs.delete(pair);
        other.destroy();
      });
    }
  }

  private carry(direction: Direction, from: Socket, to: Socket): void {
    const faults = this.faults[direction];
    let freeAt = 0;
    from.on('data', (chunk: Buffer) => {
      if (faults.drop) return;
      const chunks = faults.garble === null ? [chunk] : faults.garble(chunk);
      // A chunk never overtakes one that was delayed longer.
      const dueAt = Math.max(freeAt, performance.now() + faults.delayMs);
      if (dueAt <= performance.now()) {
        this.write(to, chunks);
        return;
      }
      freeAt = dueAt;
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        this.write(to, chunks);
      }, dueAt - performance.now());
      this.timers.add(timer);
    });
  }

  private write(to: Socket, chunks: readonly Buffer[]): void {
    for (const chunk of chunks) if (!to.destroyed) to.write(chunk);
  }
}

function noFaults(): Faults {
  return { delayMs: 0, drop: false, garble: null };
}
