import { setTimeout as pause } from 'node:timers/promises';
import { isMcError, McError } from '../../credential/mc-error';
import type { BiostarApi } from './biostar-api';
import { type CursorState, EventCursor } from './event-cursor';
import { eventsFrom, inOrder, latestEvent } from './event-search';
import { EventSocket } from './event-socket';
import { comesAfter, type SiteEvent } from './site-event';

/** `lost`: the connection ended; `silent`: it was healthy and delivered nothing. Both connect again by themselves. */
export type FeedState = 'connecting' | 'catching-up' | 'listening' | 'lost' | 'silent';

export interface FeedOptions {
  /** Where it went on to, or null: it begins with what happens from now on. */
  cursor: CursorState | null;
  onEvent(event: SiteEvent): void;
  /** How far it has told: to be kept. */
  onCursor(state: CursorState): void;
  /** `error` with `lost` and `silent`. */
  onState(state: FeedState, error: McError | null): void;
  /** A socket is tried for events that it should have delivered this often. */
  probeMs?: number;
  onItsWayMs?: number;
  /** Longest pause between two tries to connect. */
  mostPauseMs?: number;
}

const PROBE_MS = 15_000;
const MOST_PAUSE_MS = 10_000;
const FIRST_PAUSE_MS = 250;
/** So long an event that came ahead of others waits for them. */
const REORDER_MS = 40;
/** So long an event may be on its way over the socket after a search shows it. */
const ON_ITS_WAY_MS = 1000;
/** Gaps in the IDs in a row that held nothing: this server's IDs simply have gaps. */
const EMPTY_GAPS = 3;
const PONG_MS = 10_000;
const KEEP_MS = 50;

/**
 * Events of a BioStar server, in order, each once, also across lost connections and restarts: the socket brings them,
 * searches fill what it left out.
 */
export class EventFeed {
  private readonly ending = new AbortController();
  private cursor: EventCursor | null;
  private socket: EventSocket | null = null;
  private held: SiteEvent[] = [];
  private heldTimer: NodeJS.Timeout | undefined;
  private probeTimer: NodeJS.Timeout | undefined;
  private emptyGaps = 0;
  private failures = 0;
  private keeping: NodeJS.Timeout | undefined;
  private reconnecting: NodeJS.Timeout | undefined;
  /** Searches take their turn, so that none tells what another is about to. */
  private turns: Promise<unknown> = Promise.resolve();
  private catching = false;

  constructor(private readonly api: BiostarApi, private readonly options: FeedOptions) {
    this.cursor = options.cursor === null ? null : new EventCursor(options.cursor);
  }

  start(): void {
    const unlisten = this.api.onNewSession(() => {
      // What hangs on the former session is orphaned, and says nothing of it.
      this.socket?.end(new McError('SITE_UNREACHABLE', 'The session of BioStar\'s events is a former one.'));
    });
    this.ending.signal.addEventListener('abort', unlisten, { once: true });
    void this.connect();
  }

  stop(): void {
    this.ending.abort();
    clearTimeout(this.heldTimer);
    clearTimeout(this.probeTimer);
    clearTimeout(this.reconnecting);
    this.keepNow();
  }

  private get stopped(): boolean {
    return this.ending.signal.aborted;
  }

  private async connect(): Promise<void> {
    if (this.stopped) return;
    this.options.onState('connecting', null);
    try {
      this.cursor ??= await this.beginNow();
      this.catching = true;
      const socket = this.socket = await EventSocket.open(this.api, {
        onEvent: (event) => { this.arrived(event); },
        onEnd: (reason) => { this.lost(reason, 'lost'); },
      }, this.ending.signal);
      this.options.onState('catching-up', null);
      await this.catchUp();
      this.failures = 0;
      if (socket.isOver) return;
      this.options.onState('listening', null);
      this.scheduleProbe();
    } catch (error) {
      this.lost(isMcError(error) ? error : new McError('SITE_UNREACHABLE', 'BioStar\'s events failed.', { cause: error }), 'lost');
    }
  }

  /** Nothing of the past is told by a feed that was never there. */
  private async beginNow(): Promise<EventCursor> {
    const latest = await latestEvent(this.api);
    const cursor = new EventCursor({ at: latest?.at ?? new Date(Date.now() - 86_400_000).toISOString(), ids: [] });
    if (latest === null) return cursor;
    for await (const page of eventsFrom(this.api, cursor.searchFrom)) for (const event of page) cursor.note(event);
    this.options.onCursor(cursor.state());
    return cursor;
  }

  /** Tells what was missed, then what came meanwhile. */
  private catchUp(): Promise<number> {
    return this.inTurn(async () => {
      let found = 0;
      this.catching = true;
      try {
        for await (const page of eventsFrom(this.api, (this.cursor as EventCursor).searchFrom)) {
          for (const event of page) if (this.tell(event)) found += 1;
          this.keepCursor();
        }
      } finally {
        this.catching = false;
      }
      this.release();
      return found;
    });
  }

  private arrived(event: SiteEvent): void {
    if (this.stopped || this.cursor?.isNews(event) !== true || this.held.some(({ id }) => id === event.id)) return;
    if (this.held.length === 0 && !this.catching && this.isNext(event)) {
      this.tell(event);
      this.keepCursor();
      return;
    }
    this.held.push(event);
    if (this.catching) return;
    if (this.isWhole()) {
      clearTimeout(this.heldTimer);
      this.heldTimer = undefined;
      this.release();
      return;
    }
    if (this.heldTimer !== undefined) return;
    this.heldTimer = setTimeout(() => {
      this.heldTimer = undefined;
      if (this.emptyGaps >= EMPTY_GAPS || this.isLateOrWhole()) this.release();
      else void this.fillGap();
    }, REORDER_MS);
  }

  /** Something between the last event and this one never came over the socket. */
  private async fillGap(): Promise<void> {
    const waiting = this.held.length;
    try {
      const found = await this.catchUp();
      this.emptyGaps = found > waiting ? 0 : this.emptyGaps + 1;
    } catch {
      // The next probe or connection looks again.
      this.release();
    }
  }

  /** What is held follows what was told, without a gap. */
  private isWhole(): boolean {
    let last = this.lastId;
    if (last === null) return false;
    for (const { id } of this.sorted()) {
      if (!isSuccessor(id, last)) return false;
      last = id;
    }
    return true;
  }

  private sorted(): SiteEvent[] {
    return this.held.sort((a, b) => (a.id === b.id ? 0 : comesAfter(a.id, b.id) ? 1 : -1));
  }

  /** Tells what is held, in order. */
  private release(): void {
    const events = this.sorted();
    this.held = [];
    for (const event of events) this.tell(event);
    if (events.length > 0) this.keepCursor();
  }

  private get lastId(): string | null {
    return this.cursor?.lastId ?? null;
  }

  /** Nothing can lie between the last event and this one. Before the first of all nobody knows. */
  private isNext({ id }: SiteEvent): boolean {
    const { lastId } = this;
    return lastId !== null && isSuccessor(id, lastId);
  }

  /** What is held came late, or follows by now without a gap. */
  private isLateOrWhole(): boolean {
    const { lastId } = this;
    return lastId !== null && (this.isWhole() || this.held.every(({ id }) => !comesAfter(id, lastId)));
  }

  /** False where it was told before. */
  private tell(event: SiteEvent): boolean {
    if (this.stopped || this.cursor?.isNews(event) !== true) return false;
    this.cursor.note(event);
    this.options.onEvent(event);
    return true;
  }

  /** Soon: a state is made of every ID within the overlap, and many events may come in a second. */
  private keepCursor(): void {
    this.keeping ??= setTimeout(() => { this.keepNow(); }, KEEP_MS);
  }

  private keepNow(): void {
    clearTimeout(this.keeping);
    this.keeping = undefined;
    if (this.cursor !== null) this.options.onCursor(this.cursor.state());
  }

  private lost(error: McError, state: 'lost' | 'silent'): void {
    const { socket } = this;
    this.socket = null;
    clearTimeout(this.probeTimer);
    if (this.stopped || this.reconnecting !== undefined) {
      socket?.end(error);
      return;
    }
    this.options.onState(state, error);
    const most = Math.min(this.options.mostPauseMs ?? MOST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.failures);
    this.failures = Math.min(this.failures + 1, 10);
    this.reconnecting = setTimeout(() => {
      this.reconnecting = undefined;
      void this.connect();
    }, most / 2 + Math.random() * most / 2);
    // Its own end is no second reason to connect again.
    socket?.end(error);
  }

  /** A healthy socket that delivers nothing looks like a quiet site: only a search tells them apart. */
  private scheduleProbe(): void {
    clearTimeout(this.probeTimer);
    this.probeTimer = setTimeout(() => { void this.probe(); }, this.options.probeMs ?? PROBE_MS);
  }

  private async probe(): Promise<void> {
    const { socket } = this;
    if (socket === null || this.stopped) return;
    socket.ping();
    try {
      const missed = await this.missed();
      if (this.socket !== socket) return;
      if (missed > 0) this.lost(new McError('SITE_UNREACHABLE', `The connection for BioStar's events was silent: ${missed} did not come over it.`), 'silent');
      else if (socket.silentMs > (this.options.probeMs ?? PROBE_MS) + PONG_MS) this.lost(new McError('SITE_UNREACHABLE', 'The connection for BioStar\'s events is dead.'), 'silent');
      else this.scheduleProbe();
    } catch (error) {
      if (this.socket === socket && isMcError(error)) this.lost(error, 'lost');
    }
  }

  /** Tells what the socket should have brought by now; how many that were. */
  private missed(): Promise<number> {
    return this.inTurn(async () => {
      const unseen: SiteEvent[] = [];
      for await (const page of eventsFrom(this.api, (this.cursor as EventCursor).searchFrom)) unseen.push(...page.filter((event) => this.cursor?.isNews(event)));
      if (unseen.length === 0) return 0;
      // No clock says which of them may still be on their way over the socket: a moment does.
      await pause(this.options.onItsWayMs ?? ON_ITS_WAY_MS, undefined, { signal: this.ending.signal }).catch(() => undefined);
      let found = 0;
      for (const event of unseen.sort(inOrder)) if (this.tell(event)) found += 1;
      if (found > 0) this.keepCursor();
      return found;
    });
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turns.then(work);
    this.turns = mine.catch(() => undefined);
    return mine;
  }
}

function isSuccessor(id: string, of: string): boolean {
  return /^\d+$/.test(id) && /^\d+$/.test(of) && BigInt(id) === BigInt(of) + 1n;
}
