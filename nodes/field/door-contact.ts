/** The contact's half of a door's state machine: was it opened by right, and does it stay open too long. Pure. */
import type { Emit } from './door-effects';
import type { DoorCause } from './door-types';

/** A time in which the door may be opened, and by what right. */
interface Permission {
  cause: DoorCause;
  until: number;
}

export class DoorContact {
  /** The level that counts: true = open, null = not seen yet or not wired. */
  private open: boolean | null = null;
  /** A level that differs and has not yet lasted: first seen then. */
  private since: number | null = null;
  /** Why it stands open; the cause of its `closed`, too. */
  private cause: DoorCause = 'line';
  private permissions: Permission[] = [];
  private heldFrom: number | null = null;
  private forced = false;
  private held = false;
  private announced = false;

  constructor(
    private readonly settings: { debounceMs: number; heldOpenMs: number; preAlarmMs: number },
    private readonly emit: Emit,
  ) {}

  get isOpen(): boolean | null {
    return this.open;
  }

  get isForced(): boolean {
    return this.forced;
  }

  get isHeld(): boolean {
    return this.held;
  }

  /** It was announced that it will be held open. */
  get isHeldSoon(): boolean {
    return this.announced;
  }

  /** Opening is by right until then. The permission can be prolonged or taken back. */
  permit(cause: DoorCause, until: number): Permission {
    const permission = { cause, until };
    this.permissions.push(permission);
    return permission;
  }

  /** The same, prolonging what stands: for a cause that lasts. */
  permitStill(cause: DoorCause, until: number): void {
    const standing = this.permissions.findLast((permission) => permission.cause === cause);
    if (standing) standing.until = Math.max(standing.until, until);
    else this.permit(cause, until);
  }

  /** The level as just read. True when the door was opened, false when it was closed, null where nothing changed. */
  sample(at: number, open: boolean | null, freely: DoorCause | null): boolean | null {
    const oldest = this.since ?? at;
    this.permissions = this.permissions.filter(({ until }) => until >= oldest);
    if (open === null || open === this.open) {
      this.since = null;
      return null;
    }
    this.since ??= at;
    if (at - this.since < this.settings.debounceMs) return null;
    return this.change(at, open, freely ?? this.right(this.since) ?? this.right(at) ?? 'forced');
  }

  /**
   * The first level after the line came up: it counts at once. Compared with what was known before, so a door that
   * changed meanwhile is reported, not as forced, since nobody saw it. The very first one is no event at all.
   */
  firstSample(at: number, open: boolean | null, freely: DoorCause | null): boolean | null {
    this.since = null;
    if (open === null || open === this.open) return null;
    if (this.open !== null) return this.change(at, open, freely ?? this.right(at) ?? 'line');
    this.open = open;
    this.cause = 'line';
    this.heldFrom = open && !freely ? at : null;
    return null;
  }

  /** Staying open is by right at least until then. */
  excuse(until: number): void {
    if (!this.open || this.heldFrom === null || until <= this.heldFrom) return;
    this.heldFrom = until;
    this.announced = false;
  }

  /** Being open is by right while the door is held unlocked: alarms end. */
  free(at: number, cause: DoorCause): void {
    this.endAlarms(at, cause);
    this.heldFrom = null;
  }

  /** The hold ended while the door stood open: from here on it is held open, not forced. */
  unfree(at: number, cause: DoorCause): void {
    if (!this.open) return;
    this.cause = cause;
    this.heldFrom = at;
    this.announced = false;
  }

  settle(at: number): void {
    const { heldAt, warnAt } = this;
    if (warnAt !== null && warnAt <= at && !this.announced) {
      this.announced = true;
      this.emit({ kind: 'event', event: 'held-open-soon', cause: this.cause, at });
    }
    if (heldAt === null || heldAt > at) return;
    this.held = true;
    this.announced = false;
    this.emit({ kind: 'event', event: 'held-open', cause: this.cause, at });
  }

  /** When something is due. */
  get wakeAt(): number | null {
    return this.announced ? this.heldAt : this.warnAt ?? this.heldAt;
  }

  private get warnAt(): number | null {
    const { heldOpenMs, preAlarmMs } = this.settings;
    return this.heldAt === null || preAlarmMs <= 0 || preAlarmMs >= heldOpenMs ? null : this.heldAt - preAlarmMs;
  }

  /** When it has been open too long. A forced door is an alarm already: held open is only said of one opened by right. */
  private get heldAt(): number | null {
    const { heldOpenMs } = this.settings;
    if (!this.open || this.forced || this.held || this.heldFrom === null || heldOpenMs <= 0) return null;
    return this.heldFrom + heldOpenMs;
  }

  private change(at: number, open: boolean, cause: DoorCause): boolean {
    this.open = open;
    this.since = null;
    if (open) {
      this.cause = cause;
      this.heldFrom = at;
      this.emit({ kind: 'event', event: 'opened', cause, at });
      this.forced = cause === 'forced';
      if (this.forced) this.emit({ kind: 'event', event: 'forced-open', cause, at });
    } else {
      this.emit({ kind: 'event', event: 'closed', cause: this.cause, at });
      this.endAlarms(at, this.cause);
      this.heldFrom = null;
    }
    return open;
  }

  private endAlarms(at: number, cause: DoorCause): void {
    if (this.forced) this.emit({ kind: 'event', event: 'forced-open-cleared', cause, at });
    if (this.held) this.emit({ kind: 'event', event: 'held-open-cleared', cause, at });
    this.forced = false;
    this.held = false;
    this.announced = false;
  }

  /** The right that covers a moment; that of a person goes before that of a line that came back. */
  private right(at: number): DoorCause | null {
    const covering = this.permissions.filter(({ until }) => until >= at);
    return (covering.findLast(({ cause }) => cause !== 'line') ?? covering.at(-1))?.cause ?? null;
  }
}
