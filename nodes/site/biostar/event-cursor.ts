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
/** Looked through for what no search brings again once in so many events. */
const FORGET_EVERY = 1000;

/** What was told, and what therefore is news. */
export class EventCursor {
  private readonly told = new Map<string, number>();
  private latest: number;
  private last: string | null = null;
  private noted = 0;

  constructor(state: CursorState) {
    // A device whose clock ran ahead may have left a time that nothing comes after for hours.
    this.latest = Math.min(Date.parse(state.at), Date.now() + OVERLAP_MS);
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
    this.noted += 1;
    if (this.noted % FORGET_EVERY === 0) this.forget();
  }

  state(): CursorState {
    this.forget();
    return { at: new Date(this.latest).toISOString(), ids: [...this.told.keys()] };
  }

  /** What no search brings again. */
  private forget(): void {
    for (const [id, ms] of this.told) if (ms < this.latest - 2 * OVERLAP_MS) this.told.delete(id);
  }
}
