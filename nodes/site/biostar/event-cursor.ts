import { timeOf } from './envelope';
import { comesAfter, type SiteEvent } from './site-event';

/** How far a feed has told: durable, so that each event is told once across restarts. */
export interface CursorState {
  /** ISO time of the latest event that was told. */
  at: string;
  /** IDs of those told whose time lies within `OVERLAP_MS` before `at`. */
  ids: string[];
}

/** Events that reach the server later than others with a later time are still found within this. */
export const OVERLAP_MS = 300_000;
const MOST_IDS = 5000;

/** What was told, and what therefore is news. */
export class EventCursor {
  private readonly told = new Map<string, number>();
  private latest: number;
  private last: string | null = null;

  constructor(state: CursorState) {
    this.latest = Date.parse(state.at);
    for (const id of state.ids) {
      this.told.set(id, this.latest);
      if (this.last === null || comesAfter(id, this.last)) this.last = id;
    }
  }

  /** From here on it is searched for what was missed. ISO. */
  get searchFrom(): string {
    return new Date(this.latest - OVERLAP_MS).toISOString();
  }

  /** The highest ID that was told, or null. */
  get lastId(): string | null {
    return this.last;
  }

  isNews({ id }: Pick<SiteEvent, 'id'>): boolean {
    return !this.told.has(id);
  }

  note({ id, at, raw }: SiteEvent): void {
    const ms = at === null ? this.latest : Date.parse(at);
    // A device whose clock runs ahead must not push what comes after it out of sight.
    const server = timeOf(raw['server_datetime']);
    this.latest = Math.max(this.latest, Math.min(ms, server === null ? Date.now() + OVERLAP_MS : Date.parse(server)));
    if (this.last === null || comesAfter(id, this.last)) this.last = id;
    this.told.set(id, ms);
    if (this.told.size > MOST_IDS) this.forget();
  }

  state(): CursorState {
    this.forget();
    return { at: new Date(this.latest).toISOString(), ids: [...this.told.keys()] };
  }

  /** What no search brings again. The newest stay in any case. */
  private forget(): void {
    for (const [id, ms] of this.told) if (ms < this.latest - 2 * OVERLAP_MS) this.told.delete(id);
    for (const id of this.told.keys()) {
      if (this.told.size <= MOST_IDS) break;
      this.told.delete(id);
    }
  }
}
