import type { Floor } from '../floor/floor';
import type { Events } from './events';

const OPEN_MS = 3000;
const DRIVER = 'biostar';

export type DoorCommand = 'open' | 'lock' | 'unlock' | 'release';

/** What each command leaves in the log: sent, and what the door then did (suprema-api A9). */
const SENT: Readonly<Record<DoorCommand, number>> = { open: 24_320, unlock: 24_321, lock: 24_322, release: 24_323 };

/** The simulated doors as the server commands them: its own output beside those of the door controllers. */
export class Doors {
  /** IDs of doors whose device has no connection. */
  readonly offline = new Set<string>();
  private readonly held = new Map<string, 'lock' | 'unlock'>();
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(private readonly floor: Floor, private readonly events: Events) {}

  all(): { id: string; name: string }[] {
    return this.floor.doors.map(({ door }) => ({ id: String(door), name: `Door ${door}` }));
  }

  /** Code of the door's row: 0, 9 where there is nothing to release, 1001 without a connection, 601 for no such door. */
  command(command: DoorCommand, id: string): number {
    const door = this.all().find((one) => one.id === id);
    if (door === undefined) return 601;
    if (this.offline.has(id)) return 1001;
    this.events.tell(SENT[command], { door });
    switch (command) {
      case 'open':
        if (this.held.get(id) === 'lock') return 0;
        this.pulse(id);
        return 0;
      case 'lock':
      case 'unlock':
        this.held.set(id, command);
        this.drive(id, command === 'unlock');
        return 0;
      case 'release': {
        if (!this.held.delete(id)) return 9;
        this.drive(id, false);
        return 0;
      }
    }
  }

  /** A row of `doors/status`: bits 2048 and 1024 for what an operator holds. */
  status(id: string): { opened: boolean; unlocked: boolean; status: number } {
    const door = this.floor.doors[Number(id) - 1];
    const held = this.held.get(id);
    return { opened: door?.closed === false, unlocked: door?.strikeOn === true, status: held === 'unlock' ? 2048 : held === 'lock' ? 1024 : 0 };
  }

  /** As after the start. */
  reset(): void {
    this.stop();
    this.held.clear();
    this.offline.clear();
  }

  stop(): void {
    for (const id of this.timers.keys()) this.drive(id, false);
    for (const { door } of this.floor.doors) this.floor.doors[door - 1]?.drive(DRIVER, false);
  }

  private pulse(id: string): void {
    this.drive(id, true);
    this.timers.set(id, setTimeout(() => { this.drive(id, this.held.get(id) === 'unlock'); }, OPEN_MS));
  }

  private drive(id: string, on: boolean): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    this.floor.doors[Number(id) - 1]?.drive(DRIVER, on);
  }
}
