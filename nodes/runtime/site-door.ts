import { isoTime } from '../credential/clock';
import { isMcError, McError } from '../credential/mc-error';
import { readDoorRequest } from '../field/door-request';
import type { DoorAnswer, DoorCommand, DoorState } from '../field/door-types';
import { DoorWishes, type WishSource } from '../field/door-wishes';
import type { BiostarSite } from '../site/biostar/biostar-site';
import type { SiteDoorCommand } from '../site/biostar/doors';

/** An order that the server did not take is told again this often, until it holds. */
const AGAIN_MS = 5000;

export interface SiteDoorSettings {
  /** As decisions and orders name it. */
  door: string;
  /** Its ID or name in BioStar. */
  siteDoor: string;
  maxDecisionAgeMs: number;
}

/** A door of BioStar that is commanded as one of our own is. What happens at it is told by mc-events. */
export class SiteDoor {
  private readonly decisions = new Map<string, { forgetAt: number; opened: Promise<boolean> }>();
  private readonly wishes = new DoorWishes();
  /** What the server confirmed last that holds the door; 'release': nothing of ours. Null: not known, as after a restart. */
  private told: SiteDoorCommand | null = null;
  private turns: Promise<unknown> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly site: BiostarSite, private readonly settings: SiteDoorSettings) {}

  /**
   * Carries out a decision, a command or an order. Null for what is another door's, or a denial. Throws INPUT_INVALID,
   * COMMAND_EXPIRED, DOOR_LOCKED, CHANNEL_UNKNOWN, LINE_DOWN, or what the server refuses with.
   */
  async handle(input: unknown, receivedAt: number): Promise<DoorAnswer | null> {
    const request = readDoorRequest(input, this.settings, Date.now());
    if (request.kind === 'ignored') return null;
    if (request.kind === 'grant') return this.answer('open', 'granted', await this.openOnce(request), receivedAt);
    const { command, source } = request;
    if (command === 'status') return this.status(receivedAt);
    if (command === 'open') return this.answer('open', 'granted', await this.open('operator', receivedAt), receivedAt);
    return this.wish(command, source, receivedAt);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private openOnce({ key, decidedAt, passesLockdown }: { key: string; decidedAt: number; passesLockdown: boolean }): Promise<boolean> {
    const now = Date.now();
    for (const [old, { forgetAt }] of this.decisions) if (forgetAt < now) this.decisions.delete(old);
    const known = this.decisions.get(key);
    if (known !== undefined) return known.opened;
    const opened = this.open('grant', decidedAt, passesLockdown);
    this.decisions.set(key, { forgetAt: decidedAt + this.settings.maxDecisionAgeMs, opened });
    // What certainly did not open may be tried again while the decision is fresh.
    opened.catch((error: unknown) => { if (!isMcError(error, 'OUTCOME_UNKNOWN')) this.decisions.delete(key); });
    return opened;
  }

  private async open(source: 'operator' | 'grant', since: number, passesLockdown = false): Promise<boolean> {
    const { door, siteDoor, maxDecisionAgeMs } = this.settings;
    const id = await this.site.doors.idOf(siteDoor);
    const by = this.wishes.refuses(source, passesLockdown);
    if (by !== null) throw new McError('DOOR_LOCKED', `Door "${door}" is locked by ${by}, so it does not open. Release it first.`);
    if (Date.now() - since > maxDecisionAgeMs) throw new McError('COMMAND_EXPIRED', `Door "${door}": BioStar did not answer in time, so it is not opened any more. Present the card again.`);
    return this.site.doors.command('open', id);
  }

  private async wish(command: 'lock' | 'unlock' | 'release', source: WishSource, receivedAt: number): Promise<DoorAnswer> {
    if (command === 'release') this.wishes.drop(source);
    else this.wishes.set(source, command);
    // An operator means the server as it is now, whoever held the door there before.
    const confirmed = await this.inTurn(() => this.tell(source === 'operator'));
    return this.answer(command, this.state(), confirmed, receivedAt);
  }

  /** Brings the server to what rules now. Where it does not take it, it is told again until it does. */
  private async tell(always = false): Promise<boolean> {
    clearTimeout(this.timer);
    const wanted = this.wishes.ruling?.wish ?? 'release';
    if (wanted === this.told && !always) return true;
    try {
      const id = await this.site.doors.idOf(this.settings.siteDoor);
      this.told = null;
      const confirmed = await this.site.doors.command(wanted, id);
      if (confirmed) this.told = wanted;
      return confirmed;
    } catch (error) {
      if (!this.stopped) this.timer = setTimeout(() => { void this.inTurn(() => this.tell()).catch(() => undefined); }, AGAIN_MS).unref();
      throw error;
    }
  }

  /** One command after the other: each looks at what the one before has led to. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turns.then(work);
    this.turns = mine.catch(() => undefined);
    return mine;
  }

  private async status(receivedAt: number): Promise<DoorAnswer> {
    const status = await this.site.doors.status(await this.site.doors.idOf(this.settings.siteDoor));
    if (status === null) return this.answer('status', 'unknown', false, receivedAt);
    return this.answer('status', status.unlocked ? 'unlocked' : 'locked', true, receivedAt);
  }

  private state(): DoorState {
    return this.wishes.ruling?.wish === 'unlock' ? 'unlocked' : 'locked';
  }

  /** Not confirmed: nobody knows what the door does. */
  private answer(command: DoorCommand, state: DoorState, confirmed: boolean, receivedAt: number): DoorAnswer {
    const at = Date.now();
    return { door: this.settings.door, command, state: confirmed ? state : 'unknown', confirmed, at: isoTime(at), latencyMs: Math.max(0, at - receivedAt) };
  }
}
