/** Starts modbus-peer.py: a Modbus device that is not ours, on Debian's pymodbus. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

/** d = discrete inputs, c = coils, i = input registers, h = holding registers. */
export type Table = 'd' | 'c' | 'i' | 'h';

export type PeerMap = 'waveshare-io-8' | 'inveo-rfid-ind' | 'plain';

export interface PeerFault {
  silent?: boolean;
  /** Seconds until the answer goes out. */
  delay?: number;
  /** Modbus exception number answered to everything. */
  exception?: number;
  /** Answers as another unit. */
  unit?: number;
  /** PDU (hex) answered to every write. */
  echo?: string;
  /** PDU (hex) answered to everything. */
  pdu?: string;
  /** Closes the connection instead of answering the next request. */
  cut?: boolean;
  /** Only the next so many requests. */
  times?: number;
}

export class ModbusPeer {
  private readonly answers: ((line: string) => void)[] = [];

  private constructor(private readonly child: ChildProcessWithoutNullStreams, lines: Interface, readonly port: number) {
    lines.on('line', (line) => this.answers.shift()?.(line));
  }

  /** @param units map of each unit, e.g. `{ 1: 'waveshare-io-8' }` */
  static async start(units: Record<number, PeerMap>, framing: 'tcp' | 'rtu' | 'udp' = 'tcp'): Promise<ModbusPeer> {
    const child = spawn('/usr/bin/python3', [join(__dirname, 'modbus-peer.py'), '--framing', framing, '--units', JSON.stringify(units)]);
    let complaints = '';
    child.stderr.on('data', (chunk: Buffer) => { complaints += chunk.toString(); });
    const lines = createInterface(child.stdout);
    const first = await Promise.race([
      once(lines, 'line').then(([line]) => String(line)),
      once(child, 'exit').then(() => Promise.reject(new Error(`modbus-peer.py ended: ${complaints}`))),
    ]);
    return new ModbusPeer(child, lines, (JSON.parse(first) as { port: number }).port);
  }

  async set(unit: number, table: Table, address: number, values: readonly (number | boolean)[]): Promise<void> {
    await this.tell({ do: 'set', unit, table, address, values: values.map(Number) });
  }

  async get(unit: number, table: Table, address: number, count = 1): Promise<number[]> {
    return (await this.tell({ do: 'get', unit, table, address, count }))['values'] as number[];
  }

  /** Requests since the last call: unit and PDU, hex. */
  async log(): Promise<string[]> {
    return (await this.tell({ do: 'log' }))['log'] as string[];
  }

  /** Replaces all faults; `{}` ends them. */
  async fault(fault: PeerFault): Promise<void> {
    await this.tell({ do: 'fault', ...fault });
  }

  /** Closes all connections. */
  async disconnect(): Promise<void> {
    await this.tell({ do: 'close' });
  }

  async stop(): Promise<void> {
    const ended = this.child.exitCode === null ? once(this.child, 'exit') : null;
    this.child.stdin.end();
    await ended;
  }

  private tell(order: object): Promise<Record<string, unknown>> {
    return new Promise((resolve) => {
      this.answers.push((line) => { resolve(JSON.parse(line) as Record<string, unknown>); });
      this.child.stdin.write(`${JSON.stringify(order)}\n`);
    });
  }
}
