import type { Clock } from '../../credential/clock';
import type { Activity } from '../activity';

/** How long a finger stays on the exit button. */
const PRESS_MS = 600;

/**
 * A door with its strike, contact, exit button and housing (tamper). Its strike is on while any of the outputs it
 * is wired to is on; several controllers may be wired to one door.
 */
export class PhysicalDoor {
  closed = true;
  exitPressed = false;
  tamperOpen = false;
  /** Times that the strike went on. */
  strikes = 0;
  private readonly drivers = new Set<string>();
  private onSince: number | null = null;
  private onBefore = 0;
  private release: NodeJS.Timeout | null = null;

  /** @param door counts from 1 */
  constructor(readonly door: number, private readonly clock: Clock, private readonly activity: Activity) {}

  get strikeOn(): boolean {
    return this.onSince !== null;
  }

  /** Milliseconds that the strike was energised so far, all times together. */
  get energisedMs(): number {
    return this.onBefore + (this.onSince === null ? 0 : this.clock.now() - this.onSince);
  }

  /** An output that is wired to the strike goes on or off. */
  drive(output: string, on: boolean): void {
    if (on) this.drivers.add(output);
    else this.drivers.delete(output);
    if (this.strikeOn === this.drivers.size > 0) return;
    if (this.onSince === null) {
      this.onSince = this.clock.now();
      this.strikes += 1;
      this.activity.tell('strike-on', { door: this.door });
    } else {
      const energisedMs = this.clock.now() - this.onSince;
      this.onBefore += energisedMs;
      this.onSince = null;
      this.activity.tell('strike-off', { door: this.door, energisedMs });
    }
  }

  /** Somebody pulls the handle. False where the strike holds the door. */
  open(): boolean {
    if (!this.closed) return true;
    if (!this.strikeOn) return false;
    this.closed = false;
    this.activity.tell('door-opened', { door: this.door });
    return true;
  }

  /** Somebody pushes hard enough. */
  force(): void {
    if (this.open()) return;
    this.closed = false;
    this.activity.tell('door-forced', { door: this.door });
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.activity.tell('door-closed', { door: this.door });
  }

  /** Presses the exit button and lets it go after `ms`. */
  pressExit(ms = PRESS_MS): void {
    this.holdExit(true);
    this.release = setTimeout(() => { this.holdExit(false); }, ms);
  }

  holdExit(pressed: boolean): void {
    if (this.release !== null) clearTimeout(this.release);
    this.release = null;
    if (pressed === this.exitPressed) return;
    this.exitPressed = pressed;
    if (pressed) this.activity.tell('exit-pressed', { door: this.door });
    else this.activity.changed();
  }

  setTamper(open: boolean): void {
    if (open === this.tamperOpen) return;
    this.tamperOpen = open;
    this.activity.tell(open ? 'tamper' : 'tamper-cleared', { door: this.door });
  }

  /** As after the start, but for the outputs: these belong to controllers. */
  reset(): void {
    this.stop();
    this.closed = true;
    this.exitPressed = false;
    this.tamperOpen = false;
    this.strikes = 0;
    this.onBefore = 0;
    if (this.onSince !== null) this.onSince = this.clock.now();
  }

  stop(): void {
    if (this.release !== null) clearTimeout(this.release);
    this.release = null;
    this.exitPressed = false;
  }
}
