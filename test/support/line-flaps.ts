import { setTimeout as wait } from 'node:timers/promises';
import type { FaultProxy } from './fault-proxy';
import type { Wire } from './modbus-wire';

const CALM_MS = [20, 220] as const;
const FAULT_MS = [10, 160] as const;
const LONGEST_DELAY_MS = 120;

/** Breaks the connection behind a proxy again and again, each time in another way, until it is stopped. */
export class LineFlaps {
  /** How often there was each fault. */
  readonly counts: Record<string, number> = {};
  private isOver = false;
  private readonly done: Promise<void>;
  private readonly faults: readonly (readonly [name: string, begin: () => void | Promise<void>, end?: () => Promise<void>])[];

  constructor(private readonly proxy: FaultProxy, wire: Wire, private readonly random: () => number) {
    const { up, down } = proxy.faults;
    this.faults = [
      ['cut', () => { proxy.cut(); }],
      ['reset', () => { proxy.reset(); }],
      ['away', () => proxy.vanish(), () => proxy.restore()],
      ['refusing', () => { proxy.cut(); proxy.accepting = false; }],
      ['silence', () => { proxy.silence(); }],
      ['requests lost', () => { up.drop = true; }],
      ['answers lost', () => { down.drop = true; }],
      ['requests delayed', () => { up.delayMs = this.between(5, LONGEST_DELAY_MS); }],
      ['answers delayed', () => { down.delayMs = this.between(5, LONGEST_DELAY_MS); }],
      ['answers garbled', () => { down.garble = (chunk) => this.garbled(chunk); }],
      // Modbus/TCP has no check sum: a request with another output is one that the device was asked for.
      ...(wire === 'tcp' ? [] : [['requests garbled', () => { up.garble = (chunk: Buffer) => [this.withOneByteChanged(chunk)]; }] as const]),
    ];
    this.done = this.run();
  }

  /** Afterwards everything is whole, and what was delayed has arrived. */
  async stop(): Promise<void> {
    this.isOver = true;
    await this.done;
    await wait(2 * LONGEST_DELAY_MS);
  }

  private async run(): Promise<void> {
    while (!this.isOver) {
      await wait(this.between(...CALM_MS));
      const [name, begin, end] = this.faults[Math.floor(this.random() * this.faults.length)] as (typeof this.faults)[number];
      this.counts[name] = (this.counts[name] ?? 0) + 1;
      await begin();
      await wait(this.between(...FAULT_MS));
      await end?.();
      this.proxy.heal();
    }
  }

  /** Changed, cut short, twice, or with noise: at random. */
  private garbled(chunk: Buffer): Buffer[] {
    switch (Math.floor(this.random() * 4)) {
      case 0: return [chunk.subarray(0, Math.floor(this.random() * chunk.length))];
      case 1: return [chunk, chunk];
      case 2: return [Buffer.from(Array.from({ length: this.between(1, 12) }, () => this.between(0, 255))), chunk];
      default: return [this.withOneByteChanged(chunk)];
    }
  }

  /** A check sum tells one changed byte for certain. */
  private withOneByteChanged(chunk: Buffer): Buffer {
    const changed = Buffer.from(chunk);
    const at = Math.floor(this.random() * changed.length);
    changed.writeUInt8(changed.readUInt8(at) ^ this.between(1, 255), at);
    return changed;
  }

  private between(least: number, most: number): number {
    return least + Math.floor(this.random() * (most - least + 1));
  }
}
