import { isMcError, McError } from '../credential/mc-error';
import type { RequestOptions } from './controller-port';
import { LineQueue } from './line-queue';
import { RequestRate } from './line-rate';
import { gapOf, isRtu, type LineSettings } from './line-settings';
import { lineDown, ModbusConnection } from './modbus-connection';
import type { ModbusRequest } from './modbus-pdu';

/** So many requests in a row without any answer, and the connection is taken for dead. */
const SILENT_REQUESTS = 3;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

export type LineState = 'connecting' | 'up' | 'down';

export interface LineStats {
  queued: number;
  inFlight: number;
  requests: number;
  errors: number;
  connects: number;
  /** Requests sent in the last whole second. */
  requestsPerSecond: number;
}

/**
 * A physical line and everything that is asked on it, one after the other (on TCP up to `maxInFlight`), the most
 * urgent first. Every request settles exactly once. A line that is lost is tried again at once, then in jittered
 * growing pauses, for ever.
 */
export class Line {
  private connection: ModbusConnection | null = null;
  private readonly queue = new LineQueue();
  private readonly listeners = new Set<(state: LineState, error: McError | null) => void>();
  private readonly counts = { requests: 0, errors: 0, connects: 0 };
  private readonly gapMs: number;
  private readonly limit: number;
  private current: { state: LineState; error: McError | null } = { state: 'down', error: null };
  private inFlight = 0;
  private silent = 0;
  private quietUntil = 0;
  private attempts = 0;
  private timer: NodeJS.Timeout | undefined;
  private gapTimer: NodeJS.Timeout | undefined;
  private wanted = false;
  private connecting: { done: Promise<void>; giveUp: AbortController } | null = null;
  private readonly rate = new RequestRate();

  constructor(private readonly settings: LineSettings) {
    this.gapMs = gapOf(settings);
    this.limit = isRtu(settings) ? 1 : settings.maxInFlight;
  }

  get state(): LineState {
    return this.current.state;
  }

  open(): void {
    if (this.wanted) return;
    this.wanted = true;
    this.show('connecting', null);
    this.connect();
  }

  /** Ends within two seconds, also towards a peer that says nothing. What waits rejects with LINE_DOWN. */
  async close(): Promise<void> {
    this.wanted = false;
    clearTimeout(this.timer);
    clearTimeout(this.gapTimer);
    this.queue.failAll(lineDown('it was closed'));
    const { connection } = this;
    this.connection = null;
    this.connecting?.giveUp.abort();
    await connection?.close();
    await this.connecting?.done;
    this.show('down', null);
    this.listeners.clear();
  }

  /** Called at once with the present state, and with each change. Returns the end of it. */
  onState(listener: (state: LineState, error: McError | null) => void): () => void {
    this.listeners.add(listener);
    this.tell(listener);
    return () => { this.listeners.delete(listener); };
  }

  /** Rejects with LINE_DOWN, LINE_TIMEOUT, LINE_EXCEPTION, ANSWER_INVALID, COMMAND_EXPIRED or QUEUE_FULL. */
  request<T>(unit: number, request: ModbusRequest<T>, options: RequestOptions): Promise<T> {
    if (this.connection === null) return Promise.reject(this.current.error ?? lineDown('it is not connected yet'));
    const answer = this.queue.add(unit, request, options) as Promise<T>;
    this.pump();
    return answer;
  }

  stats(): LineStats {
    return { queued: this.queue.length, inFlight: this.inFlight, ...this.counts, requestsPerSecond: this.rate.perSecond };
  }

  private connect(): void {
    const giveUp = new AbortController();
    const done = this.connectNow(giveUp.signal).finally(() => { this.connecting = null; });
    this.connecting = { done, giveUp };
  }

  private async connectNow(signal: AbortSignal): Promise<void> {
    try {
      let mine: ModbusConnection | null = null;
      const connection = await ModbusConnection.open(this.settings, () => { if (mine !== null) this.lost(mine); }, signal);
      mine = connection;
      if (!this.wanted) {
        await connection.close();
        return;
      }
      if (connection.isEnded) throw lineDown('the connection ended at once');
      this.connection = connection;
      this.counts.connects += 1;
      this.silent = 0;
      this.show('up', null);
    } catch (error) {
      if (this.wanted) this.retry(error as McError);
    }
  }

  private lost(connection: ModbusConnection): void {
    if (this.connection !== connection) return;
    this.connection = null;
    this.retry(lineDown('the connection ended'));
  }

  private retry(error: McError): void {
    this.queue.failAll(error);
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, this.attempts - 1));
    const pauseMs = this.attempts === 0 ? 0 : longest / 2 + Math.random() * (longest / 2);
    this.attempts += 1;
    this.timer = setTimeout(() => { this.connect(); }, pauseMs);
    this.show('down', error);
  }

  /** Sends what may go out now. */
  private pump(): void {
    while (this.connection !== null && this.inFlight < this.limit) {
      const waitMs = this.quietUntil - performance.now();
      if (waitMs > 0) {
        clearTimeout(this.gapTimer);
        this.gapTimer = setTimeout(() => { this.pump(); }, waitMs);
        return;
      }
      const job = this.queue.next();
      if (job === null) return;
      this.inFlight += 1;
      this.counts.requests += 1;
      this.rate.count();
      void this.connection.exchange(job.unit, job.request).then(
        (value) => { this.answered(null); job.resolve(value); },
        (error: unknown) => { this.answered(error as McError); job.reject(error as McError); },
      ).then(() => { this.pump(); });
    }
  }

  private answered(error: McError | null): void {
    this.inFlight -= 1;
    if (this.gapMs > 0) this.quietUntil = performance.now() + this.gapMs;
    if (error === null || isMcError(error, 'LINE_EXCEPTION', 'ANSWER_INVALID')) {
      this.silent = 0;
      this.attempts = 0;
    }
    if (error === null) return;
    this.counts.errors += 1;
    if (!isMcError(error, 'LINE_TIMEOUT')) return;
    this.silent += 1;
    // A late answer on RTU would be taken for the next request's (door-hardware 2.3): wait until it cannot come.
    if (isRtu(this.settings)) this.quietUntil = performance.now() + Math.max(this.gapMs, this.settings.timeoutMs);
    if (this.silent >= SILENT_REQUESTS) void this.connection?.close();
  }

  private show(state: LineState, error: McError | null): void {
    if (this.current.state === state && this.current.error?.message === error?.message) return;
    this.current = { state, error };
    for (const listener of [...this.listeners]) this.tell(listener);
  }

  /** A listener that throws must not cost the line its connection, nor the others their news. */
  private tell(listener: (state: LineState, error: McError | null) => void): void {
    try {
      listener(this.current.state, this.current.error);
    } catch {
      // Whoever listens reports its own errors.
    }
  }
}
