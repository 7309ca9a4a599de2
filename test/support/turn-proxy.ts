/**
 * A TCP proxy that decides anew for each turn of a connection what goes wrong: a turn is what the client sends until
 * the server has answered and the client sends again. It knows nothing of what it carries; its record is an oracle.
 */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * What goes wrong with a turn, before the server or on the way back. `swallow` and `swallow-answer` leave a half-open
 * connection; `late` arrives when nobody waits for it any more.
 */
export const TURN_FAULTS = [
  'reset-before', 'swallow', 'cut-up', 'garble-up', 'late',
  'drop-answer', 'swallow-answer', 'cut-down', 'garble-down', 'slow',
] as const;
export type TurnFault = (typeof TURN_FAULTS)[number];

export interface Turn {
  fault: TurnFault | null;
  /** The first bytes that the client sent. */
  head: string;
  /** All that the client sent was handed to the server. */
  arrived: boolean;
  /** All that the server answered was handed to the client. */
  answered: boolean;
}

const HEAD_BYTES = 200;
/** The client is not told that the server has closed. */
const LEAVES_OPEN: ReadonlySet<TurnFault | null> = new Set(['late', 'slow', 'swallow', 'swallow-answer']);

export interface TurnProxyOptions {
  /** Asked for each turn. */
  choose: () => TurnFault | null;
  /** How much later a slow answer comes; less than the client waits. */
  slowMs: number;
  /** How much later a late request arrives; more than the client waits. */
  lateMs: number;
}

export class TurnProxy {
  /** Every turn, in the order they began. */
  readonly turns: Turn[] = [];
  port = 0;
  private readonly sockets = new Set<Socket>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly server: Server = createServer((client) => { this.take(client); });

  private constructor(private readonly targetPort: number, private readonly options: TurnProxyOptions) {}

  static async start(targetPort: number, options: TurnProxyOptions): Promise<TurnProxy> {
    const proxy = new TurnProxy(targetPort, options);
    await new Promise<void>((resolve, reject) => { proxy.server.once('error', reject).listen(0, '127.0.0.1', resolve); });
    proxy.port = (proxy.server.address() as AddressInfo).port;
    return proxy;
  }

  get faults(): number {
    return this.turns.filter(({ fault }) => fault !== null).length;
  }

  /** Something still travels that nobody waits for any more. */
  get isBusy(): boolean {
    return this.timers.size > 0;
  }

  async close(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => { this.server.close(() => { resolve(); }); });
  }

  private take(client: Socket): void {
    const server = connect(this.targetPort, '127.0.0.1');
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.setNoDelay(true).on('error', () => undefined).on('close', () => { this.sockets.delete(socket); });
    }
    let turn: Turn | null = null;
    let isAnswering = false;
    client.on('data', (chunk: Buffer) => {
      if (turn === null || isAnswering) {
        turn = { fault: this.options.choose(), head: chunk.subarray(0, HEAD_BYTES).toString('latin1'), arrived: false, answered: false };
        this.turns.push(turn);
        isAnswering = false;
      }
      this.up(turn, chunk, client, server);
    });
    server.on('data', (chunk: Buffer) => {
      isAnswering = true;
      if (turn !== null) this.down(turn, chunk, client, server);
    });
    // What is late is on its way, whether or not the client still waits.
    client.on('close', () => { if (turn?.fault !== 'late') server.destroy(); });
server.on('close', () => { if (turn === null || !LEAVES_OPEN.has(turn.fault)) client.end(); });
  }

  private up(turn: Turn, chunk: Buffer, client: Socket, server: Socket): void {
    const pass = (): void => {
      turn.arrived = true;
      if (!server.destroyed) server.write(chunk);
    };
    switch (turn.fault) {
      case 'reset-before': client.resetAndDestroy(); return;
      case 'swallow': return;
      case 'cut-up':
        server.write(chunk.subarray(0, chunk.length >> 1));
        server.end();
        client.resetAndDestroy();
        return;
      case 'garble-up': server.write(inverted(chunk)); return;
      case 'late': this.after(this.options.lateMs, pass); return;
      default: pass();
    }
  }

  private down(turn: Turn, chunk: Buffer, client: Socket, server: Socket): void {
    const pass = (): void => {
      turn.answered = true;
      if (!client.destroyed) client.write(chunk);
    };
    switch (turn.fault) {
      case 'late':
      case 'swallow-answer': return;
      case 'drop-answer':
        client.resetAndDestroy();
        server.destroy();
        return;
      case 'cut-down':
        client.end(chunk.subarray(0, chunk.length >> 1));
        server.destroy();
        return;
      case 'garble-down': if (!client.destroyed) client.write(inverted(chunk)); return;
      case 'slow': this.after(this.options.slowMs, pass); return;
      default: pass();
    }
  }

  private after(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      work();
    }, ms);
    this.timers.add(timer);
  }
}

/** The second half of it with every bit turned: neither HTTP nor JSON any more, and never something else that is. */
function inverted(chunk: Buffer): Buffer {
  const garbled = Buffer.from(chunk);
  for (let at = chunk.length >> 1; at < chunk.length; at += 1) garbled[at] = ~(garbled[at] as number) & 0xff;
  return garbled;
}
