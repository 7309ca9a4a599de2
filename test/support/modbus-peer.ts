/** Starts and steers the pymodbus device of modbus-peer.py. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PYTHON = ['/usr/bin/python3', 'python3'].find((path) => path === 'python3' || existsSync(path)) ?? 'python3';
/** The script lies in the sources; compiled tests run from another folder. */
const SCRIPT = [join(__dirname, 'modbus-peer.py'), join(__dirname, '../../../test/support/modbus-peer.py')].find((path) => existsSync(path)) ?? '';

export type Fault = Partial<{ silent: boolean; late: number; wrong_unit: boolean; exception: number; wrong_echo: boolean }>;

export interface Pulse { unit: number; address: number; value: number }

export class ModbusPeer {
  port = 0;
  /** The same device with RTU frames on a socket, as behind a transparent serial server. */
  rtuPort = 0;
  private next = 0;
  private readonly waiting = new Map<number, (value: unknown) => void>();

  constructor(private readonly child: ChildProcess) {}

  take(message: { id: number; value: unknown }): void {
    this.waiting.get(message.id)?.(message.value);
    this.waiting.delete(message.id);
  }

  setInput(unit: number, input: number, on: boolean): Promise<unknown> {
    return this.order({ do: 'set', unit, kind: 'input', address: input, values: [on] });
  }

  set(unit: number, kind: 'coil' | 'input' | 'holding' | 'register', address: number, values: (number | boolean)[]): Promise<unknown> {
    return this.order({ do: 'set', unit, kind, address, values });
  }

  async get(unit: number, kind: 'coil' | 'input' | 'holding' | 'register', address: number, count = 1): Promise<number[]> {
    return await this.order({ do: 'get', unit, kind, address, count }) as number[];
  }

  async coil(unit: number, address: number): Promise<boolean> {
    return (await this.get(unit, 'coil', address))[0] === 1;
  }

  /** A tag at an inveo-rfid-ind: ten words, right-aligned, then the flag. */
  async presentInveo(unit: number, identifier: bigint): Promise<void> {
    const words = Array.from({ length: 10 }, (_, index) => Number((identifier >> BigInt(16 * (9 - index))) & 0xffffn));
    await this.set(unit, 'holding', 1002, words);
    await this.set(unit, 'coil', 1016, [true]);
  }

  async pulses(): Promise<Pulse[]> {
    return await this.order({ do: 'pulses' }) as Pulse[];
  }

  async seen(): Promise<[number, string][]> {
    return await this.order({ do: 'seen' }) as [number, string][];
  }

  fault(fault: Fault): Promise<unknown> {
    return this.order({ do: 'fault', fault });
  }

  /** Closes every connection. */
  drop(): Promise<unknown> {
    return this.order({ do: 'drop' });
  }

  reset(): Promise<unknown> {
    return this.order({ do: 'reset' });
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin?.end();
    this.child.kill();
    await ended;
  }

  private order(order: Record<string, unknown>): Promise<unknown> {
    const id = (this.next += 1);
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.child.stdin?.write(`${JSON.stringify({ id, ...order })}\n`);
    });
  }
}

/** Rejects, with what Python said, where pymodbus is not installed. */
export async function startModbusPeer(): Promise<ModbusPeer> {
  const child = spawn(PYTHON, [SCRIPT], { stdio: ['pipe', 'pipe', 'pipe'] });
  const peer = new ModbusPeer(child);
  let trouble = '';
  child.stderr.on('data', (data: Buffer) => { trouble += data.toString(); });
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = JSON.parse(line) as { id: number; value: unknown; port?: number; rtuPort?: number };
      if (message.port === undefined) { peer.take(message); return; }
      peer.port = message.port;
      peer.rtuPort = message.rtuPort ?? 0;
      resolve();
    });
    child.once('exit', () => { reject(new Error(`pymodbus peer ended: ${trouble}`)); });
  });
  return peer;
}

/** `describe` where pymodbus is installed; elsewhere the tests are skipped, and the run says so. */
export const describeWithPymodbus: Mocha.SuiteFunction | Mocha.PendingSuiteFunction = hasPymodbus() ? describe : describe.skip;

function hasPymodbus(): boolean {
  if (spawnSync(PYTHON, ['-c', 'import pymodbus']).status === 0) return true;
  console.log('    pymodbus is not installed (Debian: python3-pymodbus): the tests against a Modbus device that is not ours are skipped.');
  return false;
}
