import type { Socket } from 'node:net';
import { scriptedDevice } from '../field/line-fixture';
import { echoOf, exceptionOf, frameOf, requestsIn, type Wire, type WireRequest } from './modbus-wire';

/** Where the profile waveshare-io-8 writes its timed pulses to. */
const PULSES = 0x0200;
const OUTPUTS = 8;
const BUSY = 6;

/** A device with eight outputs that keeps count of the pulses it carried out, and refuses some. */
export class PulseDevice {
  port = 0;
  /** How often each pulse was carried out, by `pulseKey`. */
  readonly carriedOut = new Map<string, number>();
  readonly refused = new Set<string>();
  private close: () => Promise<unknown> = () => Promise.resolve();

  private constructor(private readonly wire: Wire, private readonly isBusy: () => boolean) {}

  static async start(wire: Wire, isBusy: () => boolean): Promise<PulseDevice> {
    const device = new PulseDevice(wire, isBusy);
    const { port, close } = await scriptedDevice((chunk, socket) => { device.take(chunk, socket); });
    device.port = port;
    device.close = close;
    return device;
  }

  async stop(): Promise<void> {
    await this.close();
  }

  private take(chunk: Buffer, socket: Socket): void {
    for (const request of requestsIn(this.wire, chunk)) socket.write(frameOf(this.wire, request, this.answer(request)));
  }

  private answer(request: WireRequest): number[] {
    const { functionCode, address, value } = request;
    if (functionCode <= 2) return [functionCode, Math.ceil(value / 8), ...new Array<number>(Math.ceil(value / 8)).fill(0)];
    const output = address - PULSES + 1;
    if (functionCode !== 5 || output < 1 || output > OUTPUTS) return exceptionOf(request, 1);
    const key = pulseKey(output, value);
    if (this.isBusy()) {
      this.refused.add(key);
      return exceptionOf(request, BUSY);
    }
    this.carriedOut.set(key, (this.carriedOut.get(key) ?? 0) + 1);
    return echoOf(request);
  }
}

/** `units` of 100 ms. */
export function pulseKey(output: number, units: number): string {
  return `output ${output} for ${units} units`;
}
