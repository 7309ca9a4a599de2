/** The relays of a device, with the timed pulse that the device itself ends (door-hardware 1.3). */
export class Relays {
  private readonly states: boolean[];
  private readonly timers = new Map<number, NodeJS.Timeout>();

  /** @param onChange told of each change, with the channel from 0 */
  constructor(readonly count: number, private readonly onChange: (channel: number, on: boolean) => void) {
    this.states = Array.from({ length: count }, () => false);
  }

  /** Undefined where there is no such channel. */
  state(channel: number): boolean | undefined {
    return this.states[channel];
  }

  /** On or off for good: ends a pulse. */
  set(channel: number, on: boolean): void {
    this.endTimer(channel);
    this.put(channel, on);
  }

  /** `on` for `ms`, then the opposite. The same again starts the time anew; 0 ms is the opposite at once. */
  pulse(channel: number, on: boolean, ms: number): void {
    this.endTimer(channel);
    if (ms === 0) {
      this.put(channel, !on);
      return;
    }
    this.put(channel, on);
    this.timers.set(channel, setTimeout(() => {
      this.timers.delete(channel);
      this.put(channel, !on);
    }, ms));
  }

  /** Everything off, as without power. */
  powerOff(): void {
    for (let channel = 0; channel < this.count; channel += 1) this.set(channel, false);
  }

  private put(channel: number, on: boolean): void {
    if (this.states[channel] === on) return;
    this.states[channel] = on;
    this.onChange(channel, on);
  }

  private endTimer(channel: number): void {
    clearTimeout(this.timers.get(channel));
    this.timers.delete(channel);
  }
}
