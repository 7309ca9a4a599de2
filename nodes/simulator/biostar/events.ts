import type { Clock } from '../../credential/clock';
import { type Fields, wireTime } from './wire';

const KEPT = 10_000;

export interface EventFacts {
  user?: { userId: string; name: string };
  door?: { id: string; name: string };
  device?: { id: string; name: string };
}

/** What happened at the simulated server, as rows of `events/search`, and who is told at once. */
export class Events {
  private rows: { at: number; row: Fields }[] = [];
  private last = 10_000;
  private readonly listeners = new Set<(row: Fields) => void>();

  constructor(private readonly clock: Clock) {}

  tell(code: number, { user, door, device }: EventFacts = {}): void {
    const at = this.clock.now();
    this.last += 1;
    const row: Fields = {
      id: String(this.last), server_datetime: wireTime(at), datetime: wireTime(at), index: String(this.last),
      ...(user === undefined ? {} : { user_id: { user_id: user.userId, name: user.name, photo_exists: 'false' } }),
      device_id: device ?? { id: '541531007', name: 'Simulated server' },
      ...(door === undefined ? {} : { door_id: [door] }),
      event_type_id: { code: String(code) }, is_dst: '0', timezone: { half: '0', hour: '0', negative: '0' }, user_update_by_device: 'false',
    };
    this.rows.push({ at, row });
    if (this.rows.length > KEPT + 1000) this.rows = this.rows.slice(-KEPT);
    for (const listener of this.listeners) listener(row);
  }

  /** Told of each event as it happens. Returns the end of it. */
  onEvent(listener: (row: Fields) => void): () => void {
    this.listeners.add(listener);
    return () => { this.listeners.delete(listener); };
  }

  all(): readonly Fields[] {
    return this.rows.map(({ row }) => row);
  }

  clear(): void {
    this.rows = [];
  }
}
