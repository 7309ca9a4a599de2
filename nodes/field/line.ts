import { isMcError, McError } from '../credential/mc-error';
import { Claims } from './claims';
import type { RequestOptions } from './controller-port';
import { alone, type Batch, joined } from './joined-read';
import { LineLink, type LineState, type Probe } from './line-link';
import { LineMeter } from './line-meter';
import { LineQueue } from './line-queue';
import { RequestRate } from './line-rate';
import { gapOf, isRtu, type LineSettings } from './line-settings';
import { LineSilence } from './line-silence';
import { Listeners } from './listeners';
import { lineDown } from './modbus-answer';
import type { ModbusRequest } from './modbus-pdu';

/** After something happened at a door or a reader the line waits so long for the command that it may cause. */
const COMMAND_GRACE_MS = 5;
/** How often the load is told. */
const LOAD_EVERY_MS = 2000;
/** Units whose last answer is kept as a way to look whether the line is back. */
const PROBES = 3;
/** A late answer that took longer than this is not waited for. */
const LONGEST_QUIET_MS = 5000;

export type { LineState } from './line-link';

export interface LineStats {
  queued: number;
  inFlight: number;
  requests: number;
  errors: number;
  connects: number;
  /** Requests sent in the last whole second. */
  requestsPerSecond: number;
  /** Share of the line's time that its polls ask for; above 1 it cannot keep up. */
  load: number;
}

/**
 * A physical line and everything that is asked on it, one after the other (on TCP up to `maxInFlight`), the most
 * urgent first. Every request settles exactly once.
 */
export class Line {
  /** Outputs and readers of all devices on the line, however many controllers are set up for them. */
  readonly claims = new Claims();
  private readonly queue = new LineQueue();
  private readonly link: LineLink;
  private readonly meter = new LineMeter();
  private readonly silence: LineSilence;
  private readonly rate = new RequestRate();
  private readonly states = new Listeners<[LineState, McError | null]>();
  private readonly loads = new Listeners<[number]>();
  private readonly bytes = new Listeners<[Buffer]>();
  private readonly counts = { requests: 0, errors: 0, connects: 0 };
  private readonly gapMs: number;
  private readonly limit: number;
  private readonly sent = new Set<Batch>();
  private readonly unitsInFlight = new Map<number, number>();
  private readonly unjoinable = new Set<number>();
  private readonly proven = new Map<number, Probe>();
  private shown: { state: LineState; error: McError | null } = { state: 'down', error: null };
  private heardAt = 0;
  private quietUntil = 0;
  private holdUntil = 0;
  /** The last request that got no answer in time was sent then. */
  private lateSince: number | null = null;
  private latestMs = 0;
  private pumpTimer: NodeJS.Timeout | undefined;
  private loadTimer: NodeJS.Timeout | undefined;

  constructor(private readonly settings: LineSettings) {
    this.gapMs = gapOf(settings);
    this.limit = isRtu(settings) ? 1 : settings.maxInFlight;
    this.silence = new LineSilence(settings.timeoutMs);
    this.link = new LineLink(settings, {
      onState: (state, error) => { this.changed(state, error); },
      onStray: (bytes) => { this.strayed(); this.bytes.tell(bytes); },
      onFalseAlarm: () => { this.silence.falseAlarm(); },
      probes: () => [...this.proven.values()].reverse(),
      quiet: () => new Promise((resolve) => { setTimeout(resolve, Math.max(0, this.quietUntil - performance.now())); }),
    });
  }

  get state(): LineState {
    return this.shown.state;
  }

  open(): void {
    if (this.link.isWanted) return;
    this.loadTimer = setInterval(() => { this.loads.tell(this.meter.load / this.limit); }, LOAD_EVERY_MS);
    this.link.open();
  }

  /** Ends within two seconds, also towards a peer that says nothing. What waits rejects with LINE_DOWN. */
  async close(): Promise<void> {
    clearTimeout(this.pumpTimer);
    clearInterval(this.loadTimer);
    this.queue.failAll(lineDown('it was closed'));
    await this.link.close();
    this.changed('down', null);
    this.states.clear();
    this.loads.clear();
    this.bytes.clear();
  }

  /** Called at once with the present state, and with each change. Returns the end of it. */
  onState(listener: (state: LineState, error: McError | null) => void): () => void {
    return this.states.add(listener, [this.shown.state, this.shown.error]);
  }

  /** Called every two seconds while the line is open with its load, see LineStats. Returns the end of it. */
  onLoad(listener: (load: number) => void): () => void {
    return this.loads.add(listener);
  }

  /** Called with bytes that nobody asked for, on an RTU line. Returns the end of it. */
  onBytes(listener: (bytes: Buffer) => void): () => void {
    return this.bytes.add(listener);
  }

  /** Throws CONFIG_INVALID for a unit that nobody answers as: 0 is for all at once, and on RTU none of them answers. */
  checkUnit(unit: number): void {
    if (unit === 0 && isRtu(this.settings)) throw new McError('CONFIG_INVALID', 'Unit 0 speaks to all devices of an RTU line at once, and none answers. Set the device\'s own address, 1 to 255.');
  }

  /** Rejects with LINE_DOWN, LINE_TIMEOUT, LINE_EXCEPTION, ANSWER_INVALID, COMMAND_EXPIRED or QUEUE_FULL. */
  request<T>(unit: number, request: ModbusRequest<T>, options: RequestOptions): Promise<T> {
    if (options.everyMs !== undefined) this.meter.asked(`${unit} ${options.key ?? ''} ${request.functionCode} ${request.data.join()}`, unit, options.everyMs);
    if (this.link.connection === null) return Promise.reject(this.shown.error ?? lineDown('it is not connected yet'));
    const answer = this.queue.add(unit, request, options) as Promise<T>;
    this.pump();
    return answer;
  }

  /** Something happened that may cause a command: for a moment only such a one is sent. */
  expectCommand(): void {
    this.holdUntil = performance.now() + COMMAND_GRACE_MS;
  }

  stats(): LineStats {
    return {
      queued: this.queue.length, inFlight: this.sent.size, ...this.counts,
      requestsPerSecond: this.rate.perSecond, load: this.meter.load / this.limit,
    };
  }

  /** Sends what may go out now. */
  private pump(): void {
    this.sendWhatMay();
    if (this.queue.length > 0) this.queue.watch();
  }

  private sendWhatMay(): void {
    clearTimeout(this.pumpTimer);
    while (this.link.connection !== null && this.sent.size < this.limit && this.queue.length > 0) {
      const waitMs = Math.max(this.quietUntil, this.queue.isPressed ? 0 : this.holdUntil) - performance.now();
      if (waitMs > 0) {
        this.pumpTimer = setTimeout(() => { this.pump(); }, waitMs);
        return;
      }
      const job = this.queue.next((one) => (this.unitsInFlight.get(one.unit) ?? 0) < (one.options.device?.maxInFlight ?? this.limit));
      if (job === null) return;
      this.send(this.unjoinable.has(job.unit) ? alone(job) : joined(job, this.queue));
    }
  }

  private send(batch: Batch): void {
    const { connection } = this.link;
    if (connection === null) return;
    const { unit, request, jobs } = batch;
    const sentAt = performance.now();
    this.sent.add(batch);
    this.unitsInFlight.set(unit, (this.unitsInFlight.get(unit) ?? 0) + 1);
    this.counts.requests += 1;
    this.rate.count();
    const watch = this.watch(batch, sentAt);
    const ended = (): void => {
      clearTimeout(watch);
      this.sent.delete(batch);
      this.unitsInFlight.set(unit, (this.unitsInFlight.get(unit) ?? 1) - 1);
      this.meter.took(unit, performance.now() - sentAt + this.gapMs);
      if (this.gapMs > 0) this.quietUntil = Math.max(this.quietUntil, performance.now() + this.gapMs);
    };
    connection.exchange(unit, request).then((value) => {
      ended();
      this.heard(batch, sentAt);
      batch.resolve(value);
    }, (problem: unknown) => {
      const error = problem as McError;
      ended();
      this.failed(batch, sentAt, error);
    }).then(() => {
      if (this.queue.length === 0) return;
      // What a poll brought may cause a command: it is heard of first, and the command goes ahead of the next poll.
      if (jobs[0]?.options.priority === 'command') this.pump();
      else setImmediate(() => { this.pump(); });
    }, () => undefined);
  }

  private heard({ unit, request }: Batch, sentAt: number): void {
    this.heardAt = performance.now();
    this.silence.heard(unit, this.heardAt - sentAt);
    this.link.answered();
    if (request.span === undefined) return;
    this.proven.delete(unit);
    this.proven.set(unit, { unit, request });
    const [oldest] = this.proven.keys();
    if (this.proven.size > PROBES && oldest !== undefined) this.proven.delete(oldest);
  }

  private failed(batch: Batch, sentAt: number, error: McError): void {
    this.counts.errors += 1;
    if (isMcError(error, 'LINE_EXCEPTION', 'ANSWER_INVALID')) this.heard(batch, sentAt);
    // The device may have a gap between addresses that the profile calls adjacent: asked one by one it tells which.
    if (isMcError(error, 'LINE_EXCEPTION') && batch.jobs.length > 1) {
      this.unjoinable.add(batch.unit);
      this.queue.putBack(batch.jobs);
      return;
    }
    if (isMcError(error, 'LINE_TIMEOUT')) {
      this.keepQuiet(sentAt);
      if (this.silence.missed(batch.unit)) this.drop();
    }
    for (const job of batch.jobs) job.reject(error);
  }

  /** A late answer on RTU would be taken for the next request's (door-hardware 2.3): wait until it cannot come. */
  private keepQuiet(sentAt: number): void {
    if (!isRtu(this.settings)) return;
    this.lateSince = sentAt;
    this.quietUntil = performance.now() + Math.max(this.gapMs, this.settings.timeoutMs, Math.min(LONGEST_QUIET_MS, 1.5 * this.latestMs));
  }

  /** Bytes while nothing is asked: a late answer, or what is left of one. From then on such a long wait is reckoned with. */
  private strayed(): void {
    if (!isRtu(this.settings)) return;
    const now = performance.now();
    if (this.lateSince !== null) this.latestMs = Math.max(this.latestMs, now - this.lateSince);
    this.quietUntil = Math.max(this.quietUntil, now + this.gapMs);
  }

  /** Looks after a poll whether the line is still there at all; a command is given its whole time. */
  private watch(batch: Batch, sentAt: number): NodeJS.Timeout | undefined {
    const { unit, jobs: [job] } = batch;
    if (this.settings.transport === 'serial' || job?.options.priority === 'command') return undefined;
    const limitMs = this.silence.limitMs(unit, this.meter.shortestMs);
    if (limitMs === null) return undefined;
    // What has arrived while this process was busy is read first.
    return setTimeout(() => { setImmediate(() => { setImmediate(() => { this.suspect(batch, sentAt); }); }); }, limitMs);
  }

  private suspect(batch: Batch, sentAt: number): void {
    if (!this.sent.has(batch) || this.heardAt > sentAt) return;
    if ([...this.sent].some(({ jobs }) => jobs[0]?.options.priority === 'command')) return;
    this.drop();
    this.keepQuiet(sentAt);
  }

  private drop(): void {
    this.link.drop();
  }

  private changed(state: LineState, error: McError | null): void {
    if (state === 'up') {
      this.counts.connects += 1;
      this.silence.begun();
    }
    if (state === 'down' && error !== null) this.queue.failAll(error);
    if (this.shown.state === state && this.shown.error?.message === error?.message) return;
    this.shown = { state, error };
    this.states.tell(state, error);
  }
}

