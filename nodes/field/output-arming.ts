import { isMcError } from '../credential/mc-error';
import { Listeners } from './listeners';
import { readBits, readRegisters } from './modbus-pdu';
import type { Ask, OutputWriter } from './output-writer';
import type { Profile, WatchdogMap } from './profile-types';

/** A check that is not sent by then is not sent. */
const DEADLINE_MS = 2000;
/** What is not as it must be, or could not be read, is looked at again so often; what is, so often. */
const AGAIN_MS = 2000;
const STILL_MS = 60_000;
/** A watchdog is fed three times in its time, and never more often than this. */
const FEEDS = 3;
const FEED_AT_LEAST_MS = 100;

interface Claim {
  pulseMs: number | undefined;
  /** Why the device cannot be relied on to end an opening; null: it can. */
  why: string | null;
  timer: NodeJS.Timeout | undefined;
  feeding: NodeJS.Timeout | undefined;
}

/**
 * Looks at every connect whether a device that ends openings by its watchdog is set up to do so, and feeds it; sets up
 * what a timed opening needs. Only outputs that a door has claimed are looked at.
 */
export class OutputArming {
  private readonly claims = new Map<number, Claim>();
  private readonly changes = new Listeners<[]>();
  private up = false;

  constructor(private readonly profile: Profile, private readonly ask: Ask, private readonly writer: OutputWriter) {}

  onChange(listener: () => void): () => void {
    return this.changes.add(listener);
  }

  /** Returns the end of it. */
  claim(output: number, pulseMs: number | undefined): () => void {
    const claim: Claim = { pulseMs, why: this.needsCheck ? this.says('was not read back yet') : null, timer: undefined, feeding: undefined };
    this.claims.set(output, claim);
    if (this.up) void this.check(output, claim);
    return () => {
      this.rest(claim);
      if (this.claims.get(output) === claim) this.claims.delete(output);
    };
  }

  line(up: boolean): void {
    this.up = up;
    this.writer.forget();
    for (const [output, claim] of this.claims) {
      this.rest(claim);
      if (this.needsCheck) claim.why = this.says('was not read back since the line came up');
      if (up) void this.check(output, claim);
    }
    this.changes.tell();
  }

  close(): void {
    for (const claim of this.claims.values()) this.rest(claim);
    this.claims.clear();
    this.changes.clear();
  }

  /** In words, null where the device can be relied on to end an opening of this output. */
  why(output: number): string | null {
    return this.claims.get(output)?.why ?? (this.needsCheck && !this.claims.has(output) ? this.says('was not read back') : null);
  }

  private get needsCheck(): boolean {
    const { pulse, watchdog } = this.profile;
    return pulse?.kind === 'setup-start' || (watchdog !== null && pulse?.address == null);
  }

  private says(what: string): string {
    return `the ${this.profile.pulse?.kind === 'setup-start' ? 'pulse' : 'watchdog'} of the device (profile ${this.profile.id}) ${what}`;
  }

  private async check(output: number, claim: Claim): Promise<void> {
    clearTimeout(claim.timer);
    const why = await this.look(output, claim).catch((error: unknown) => this.says(`could not be read back: ${(error as Error).message}`));
    if (this.claims.get(output) !== claim || !this.up) return;
    claim.timer = setTimeout(() => { void this.check(output, claim); }, why === null ? STILL_MS : AGAIN_MS);
    if (why === claim.why) return;
    claim.why = why;
    this.changes.tell();
  }

  private async look(output: number, claim: Claim): Promise<string | null> {
    const { pulse, watchdog } = this.profile;
    if (pulse?.kind === 'setup-start' && claim.pulseMs !== undefined) {
      await this.writer.prepare(output, claim.pulseMs, Date.now() + DEADLINE_MS);
      return null;
    }
    if (watchdog === null || !this.needsCheck) return null;
    const timeMs = await this.timeMs(watchdog);
    if (timeMs === null) return this.says('has a register that is not known');
    if (timeMs > 0) this.feed(output, claim, timeMs);
    if (timeMs === 0) return this.says(`is off: register ${watchdog.time.address ?? ''} holds 0`);
    if (timeMs > watchdog.time.maxMs) return this.says(`waits ${timeMs} ms, more than the ${watchdog.time.maxMs} ms that are allowed`);
    const unmet = await this.unmet(watchdog, output);
    return unmet === null ? null : this.says(`is not as it must be: ${unmet}`);
  }

  private async timeMs({ time: { fc, address, unitMs } }: WatchdogMap): Promise<number | null> {
    if (address === null) return null;
    const [units = 0] = await this.ask(readRegisters(fc, address, 1), this.options());
    return units * unitMs;
  }

  private async unmet({ demands }: WatchdogMap, output: number): Promise<string | null> {
    for (const { fc, address, step = 0, equals, says } of demands) {
      if (address === null) return 'a register is not known';
      const at = address + step * (output - 1);
      try {
        const value = fc === 1 || fc === 2
          ? Number((await this.ask(readBits(fc, at, 1), this.options()))[0] ?? false)
          : (await this.ask(readRegisters(fc, at, 1), this.options()))[0];
        if (value !== equals) return says;
      } catch (error) {
        if (isMcError(error, 'LINE_EXCEPTION')) return `${says} (the device refuses to tell)`;
        throw error;
      }
    }
    return null;
  }

  private feed(output: number, claim: Claim, timeMs: number): void {
    clearInterval(claim.feeding);
    const everyMs = Math.max(FEED_AT_LEAST_MS, timeMs / FEEDS);
    // A door whose writes fail says so itself.
    claim.feeding = setInterval(() => { this.writer.repeat(output, Date.now() + everyMs).catch(() => undefined); }, everyMs);
  }

  private options(): { priority: 'handshake'; deadlineAt: number } {
    return { priority: 'handshake', deadlineAt: Date.now() + DEADLINE_MS };
  }

  private rest(claim: Claim): void {
    clearTimeout(claim.timer);
    clearInterval(claim.feeding);
  }
}
