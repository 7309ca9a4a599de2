/** A simulator on free ports that is stopped after each test, and what a client needs to talk to it. */
import { connect, type Socket } from 'node:net';
import { request } from 'node:http';
import { Simulator, type SimulatorOptions, type SimulatorPorts, type SimulatorSettings } from '../../nodes/simulator/simulator';

const running = new Set<() => Promise<void>>();

afterEach(async () => {
  const ends = [...running];
  running.clear();
  await Promise.all(ends.map((end) => end()));
});

export interface Started extends SimulatorPorts {
  simulator: Simulator;
}

export async function startSimulator(settings: Partial<SimulatorSettings> = {}, options: SimulatorOptions = {}): Promise<Started> {
  const simulator = new Simulator({ httpPort: 0, modbusPort: 0, credits: 5, doors: 2, ...settings }, options);
  running.add(() => simulator.stop());
  return { simulator, ...await simulator.start() };
}

export interface HttpReply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  json: any;
}

/** One plain HTTP request; `body` is sent as JSON unless it is text already. */
export function ask(port: number, method: string, path: string, { token, body, headers = {} }: { token?: string; body?: unknown; headers?: Record<string, string> } = {}): Promise<HttpReply> {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1', port, method, path, agent: false,
      headers: {
        ...(text === '' ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
    }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const reply = Buffer.concat(chunks).toString();
        let json: unknown = null;
        try { json = JSON.parse(reply); } catch { /* not every answer is JSON */ }
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: reply, json });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}

/** Does something on the page. */
export function press(port: number, action: string, body: object = {}): Promise<HttpReply> {
  return ask(port, 'POST', `/sim/${action}`, { body });
}

/** Signs in with the published account; gives the token. */
export async function signIn(port: number): Promise<string> {
  const { json } = await ask(port, 'POST', '/login', { body: { email: 'demo@portal-to-door.example', password: 'portal-to-door-demo' } });
  return json.record.accessToken as string;
}

/** A raw Modbus/TCP connection. */
export class ModbusWire {
  private bytes = Buffer.alloc(0);
  private waiting: { count: number; resolve: (bytes: Buffer) => void; reject: (error: Error) => void } | null = null;
  readonly closed: Promise<void>;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => {
      this.bytes = Buffer.concat([this.bytes, chunk]);
      this.deliver();
    });
    this.closed = new Promise((resolve) => socket.once('close', () => {
      this.waiting?.reject(new Error('the connection was closed'));
      resolve();
    }));
    socket.on('error', () => undefined);
    running.add(async () => { socket.destroy(); });
  }

  static open(port: number): Promise<ModbusWire> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(new ModbusWire(socket)));
      socket.once('error', reject);
    });
  }

  /** Sends a PDU (hexadecimal) to a unit; gives the answer's PDU (hexadecimal) after a check of its header. */
  async ask(unit: number, pdu: string, transaction = 7): Promise<string> {
    this.send(frame(unit, pdu, transaction));
    const answer = await this.next();
    if (answer.transaction !== transaction || answer.unit !== unit) throw new Error('the answer belongs to another request');
    return answer.pdu;
  }

  send(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  async next(): Promise<{ transaction: number; unit: number; pdu: string }> {
    const header = await this.take(7);
    const pdu = await this.take(header.readUInt16BE(4) - 1);
    return { transaction: header.readUInt16BE(0), unit: header.readUInt8(6), pdu: pdu.toString('hex') };
  }

  private take(count: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.waiting = { count, resolve, reject };
      this.deliver();
    });
  }

  private deliver(): void {
    if (this.waiting === null || this.bytes.length < this.waiting.count) return;
    const { count, resolve } = this.waiting;
    this.waiting = null;
    const taken = this.bytes.subarray(0, count);
    this.bytes = this.bytes.subarray(count);
    resolve(taken);
  }
}

export function frame(unit: number, pdu: string, transaction = 7): Buffer {
  const body = Buffer.from(pdu.replaceAll(' ', ''), 'hex');
  const header = Buffer.alloc(7);
  header.writeUInt16BE(transaction, 0);
  header.writeUInt16BE(body.length + 1, 4);
  header.writeUInt8(unit, 6);
  return Buffer.concat([header, body]);
}

/** Resolves once `fits` holds; looks every 5 ms, for at most 5 s. */
export async function until(fits: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!await fits()) {
    if (Date.now() > deadline) throw new Error('it never came to that');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
