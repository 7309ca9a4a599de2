import { scriptedDevice } from '../field/line-fixture';
import { AnswerOutlet } from './answer-outlet';
import { drawMutation } from './frame-mutations';
import { rightAnswer } from './known-content';
import { frameOf, requestsIn, type Wire, type WireRequest } from './modbus-wire';
import { seededRandom } from './seeded-random';
import type { Socket } from 'node:net';

export interface FuzzDeviceSettings {
  wire: Wire;
  seed: number;
  timeoutMs: number;
  isPipelined: boolean;
}

/** A device with known content whose answers are mutated, until it is told to behave. It keeps count of what it got. */
export class FuzzDevice {
  port = 0;
  /** Answers so far, by mutation. */
  readonly mutated: Record<string, number> = {};
  /** How often each write arrived, by `writeKey`. */
  readonly got = new Map<string, number>();
  /** Writes whose right echo was sent. */
  readonly echoed = new Set<string>();
  answers = 0;
  private behaves = false;
  private close: () => Promise<unknown> = () => Promise.resolve();
  private readonly random: () => number;
  private readonly outlets = new WeakMap<Socket, AnswerOutlet>();

  private constructor(private readonly settings: FuzzDeviceSettings) {
    this.random = seededRandom(settings.seed);
  }

  static async start(settings: FuzzDeviceSettings): Promise<FuzzDevice> {
    const device = new FuzzDevice(settings);
    const { port, close } = await scriptedDevice((chunk, socket) => { device.take(chunk, socket); });
    device.port = port;
    device.close = close;
    return device;
  }

  /** From now on every answer is right. */
  behave(): void {
    this.behaves = true;
  }

  async stop(): Promise<void> {
    await this.close();
  }

  private take(chunk: Buffer, socket: Socket): void {
    const outlet = this.outlets.get(socket) ?? new AnswerOutlet(socket);
    this.outlets.set(socket, outlet);
    for (const request of requestsIn(this.settings.wire, chunk)) this.answer(request, outlet);
  }

  private answer(request: WireRequest, outlet: AnswerOutlet): void {
    const key = writeKey(request);
    const isWrite = request.functionCode >= 5;
    if (isWrite) this.got.set(key, (this.got.get(key) ?? 0) + 1);
    if (this.behaves) {
      if (isWrite) this.echoed.add(key);
      outlet.send(frameOf(this.settings.wire, request, rightAnswer(request)));
      return;
    }
    const { wire, timeoutMs, isPipelined } = this.settings;
    const answering = {
      wire, timeoutMs, isPipelined, request, random: this.random,
      send: (bytes: Buffer, gapMs?: number) => { outlet.send(bytes, gapMs); },
      sendLater: (ms: number, bytes: Buffer) => { outlet.sendLater(ms, bytes); },
      mute: (ms: number) => { outlet.mute(ms); },
      hangUp: () => { outlet.hangUp(); },
    };
    const mutation = drawMutation(answering);
    if (isWrite && mutation.isTelling === true) this.echoed.add(key);
    this.answers += 1;
    this.mutated[mutation.name] = (this.mutated[mutation.name] ?? 0) + 1;
    mutation.answer(answering);
  }
}

export function writeKey({ unit, functionCode, address, value }: Pick<WireRequest, 'unit' | 'functionCode' | 'address' | 'value'>): string {
  return `unit ${unit} function ${functionCode} address ${address} value ${value}`;
}
