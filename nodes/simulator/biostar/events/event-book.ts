import type { Clock } from '../../../credential/clock';
import { deviceIdOf, deviceNameOf, doorNameOf } from '../doors/names';
import { v1Time } from '../times';
import type { User } from '../users/user';
import { EVENT_NAMES, type EventCode } from './event-codes';

const KEPT = 10_000;

/** What happened. `reader` and `door` count from 1. */
export interface Happening {
  code: EventCode;
  user?: Pick<User, 'userId' | 'name' | 'group'>;
  reader?: number;
  door?: number;
  /** The card number, where a card was read. */
  hint?: string;
}

/** An event as rows of a search and frames of the socket have it; real values (suprema-api A9). */
export interface EventRow extends Record<string, unknown> {
  id: number;
  datetime: string;
}

/** What happened, oldest first, the last ten thousand; ids increase, also past a reset. */
export class EventBook {
  private kept: EventRow[] = [];
  private lastId = 0;
  private readonly listeners = new Set<(row: EventRow) => void>();

  constructor(private readonly clock: Clock) {}

  get rows(): readonly EventRow[] {
    return this.kept;
  }

  add({ code, user, reader, door, hint }: Happening): void {
    this.lastId += 1;
    const time = v1Time(this.clock.now());
    const row: EventRow = {
      id: this.lastId, server_datetime: time, datetime: time, index: this.lastId,
      ...(user === undefined ? {} : { user_id: { user_id: user.userId, name: user.name, photo_exists: false }, user_group_id: user.group }),
      ...(reader === undefined ? {} : { device_id: { id: deviceIdOf(reader), name: deviceNameOf(reader) } }),
      ...(door === undefined ? {} : { door_id: [{ id: door, name: doorNameOf(door) }] }),
      event_type_id: { code, name: EVENT_NAMES[code] },
      ...(hint === undefined ? {} : { hint }),
      tna_key: 0, is_dst: 0, timezone: { half: 0, hour: 0, negative: 0 }, user_update_by_device: false,
    };
    this.kept.push(row);
    // Cut in pieces: cutting one by one would move ten thousand with each event.
    if (this.kept.length >= KEPT + 1000) this.kept = this.kept.slice(-KEPT);
    for (const listener of this.listeners) listener(row);
  }

  onEvent(listener: (row: EventRow) => void): void {
    this.listeners.add(listener);
  }

  clear(): void {
    this.kept = [];
  }
}
