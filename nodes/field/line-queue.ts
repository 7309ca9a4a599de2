import { McError } from '../credential/mc-error';
import type { Priority, RequestOptions } from './controller-port';
import type { ModbusRequest } from './modbus-pdu';
import { mostUrgent } from './poll-order';

/** Requests that may wait on one line; more is a line that is asked too much. */
const QUEUE_LIMIT = 256;
/** Places beyond that for commands, so that polls never keep a door shut. */
const COMMAND_RESERVE = 64;
/** Longest time a timer can take, 24.8 days; a deadline beyond is none. */
const MAX_TIMER_MS = 0x7fff_ffff;

const ORDER: readonly Priority[] = ['command', 'handshake', 'reader', 'door', 'other'];
const POLLS = ['reader', 'door', 'other'] as const;

export interface Job {
  readonly unit: number;
  readonly request: ModbusRequest<unknown>;
  readonly options: RequestOptions;
  /** When it was added; milliseconds of a clock that never goes back. */
  readonly since: number;
  /** Settles it; later calls do nothing. */
  resolve(value: unknown): void;
  reject(error: McError): void;
  readonly promise: Promise<unknown>;
}

/** What waits on a line, the most urgent first; within one priority in the order of arrival. */
export class LineQueue {
  private readonly jobs: Readonly<Record<Priority, Job[]>> = { command: [], handshake: [], reader: [], door: [], other: [] };
  private timer: NodeJS.Timeout | undefined;
  private timerAt = Infinity;
  /** The last poll that was sent was that of a door in use. */
  private favoured = false;

  get length(): number {
    const { command, handshake, reader, door, other } = this.jobs;
    return command.length + handshake.length + reader.length + door.length + other.length;
  }

  /** True while a command or the answer to a reader waits. */
  get isPressed(): boolean {
    return this.jobs.command.length + this.jobs.handshake.length > 0;
  }

  /** Adds a request, or joins the same one under the same key that waits already. QUEUE_FULL when there are too many. */
  add(unit: number, request: ModbusRequest<unknown>, options: RequestOptions): Promise<unknown> {
    const waiting = this.jobs[options.priority];
    const twin = options.key === undefined ? undefined : waiting.find((job) => job.options.key === options.key && isSame(job, unit, request));
    if (twin !== undefined) return twin.promise;
    if (this.length >= QUEUE_LIMIT + (options.priority === 'command' ? COMMAND_RESERVE : 0)) {
      return Promise.reject(new McError('QUEUE_FULL', `More than ${QUEUE_LIMIT} requests wait on this line. Poll less often, or divide the devices over more lines.`));
    }
    const job = newJob(unit, request, options);
    waiting.push(job);
    return job.promise;
  }

  /** To be called where something is left waiting: rejects each that is out of time then. */
  watch(): void {
    let first = Infinity;
    for (const priority of ORDER) for (const { options } of this.jobs[priority]) first = Math.min(first, options.deadlineAt);
    if (first >= this.timerAt) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.timerAt = Infinity;
    const leftMs = Math.max(0, first - Date.now()) + 1;
    if (leftMs > MAX_TIMER_MS) return;
    this.timerAt = first;
    this.timer = setTimeout(() => {
      this.timerAt = Infinity;
      this.dropLate();
      this.watch();
    }, leftMs);
  }

  /** Puts back what was taken and not sent; those that are out of time reject. */
  putBack(jobs: readonly Job[]): void {
    for (const job of [...jobs].reverse()) this.jobs[job.options.priority].unshift(job);
  }

  /** The most urgent one that is still in time and may go out now. */
  next(mayGo: (job: Job) => boolean = () => true): Job | null {
    this.dropLate();
    const pressing = this.jobs.command.find(mayGo) ?? this.jobs.handshake.find(mayGo);
    if (pressing !== undefined) return this.take(pressing);
    const polls: Job[] = [];
    for (const priority of POLLS) for (const job of this.jobs[priority]) if (mayGo(job)) polls.push(job);
    const job = polls.length === 1 ? polls[0] : mostUrgent(polls, performance.now(), !this.favoured);
    if (job == null) return null;
    this.favoured = job.options.lively === true;
    return this.take(job);
  }

  /** Takes a poll that fits, to be sent together with another one. */
  takePoll(fits: (job: Job) => boolean): Job | null {
    for (const priority of POLLS) {
      const job = this.jobs[priority].find(fits);
      if (job !== undefined) return this.take(job);
    }
    return null;
  }

  failAll(error: McError): void {
    clearTimeout(this.timer);
    this.timerAt = Infinity;
    for (const priority of ORDER) for (const job of this.jobs[priority].splice(0)) job.reject(error);
  }

  private take(job: Job): Job {
    const waiting = this.jobs[job.options.priority];
    waiting.splice(waiting.indexOf(job), 1);
    return job;
  }

  /** A timer may come late; what is out of time is never sent. */
  private dropLate(): void {
    const now = Date.now();
    for (const priority of ORDER) {
      const waiting = this.jobs[priority];
      if (!waiting.some(({ options }) => options.deadlineAt < now)) continue;
      for (const job of waiting.filter(({ options }) => options.deadlineAt < now)) this.take(job).reject(expired());
    }
  }
}

/** Two controllers may use one key for different registers of a unit. */
function isSame(job: Job, unit: number, { functionCode, data }: ModbusRequest<unknown>): boolean {
  return job.unit === unit && job.request.functionCode === functionCode
    && job.request.data.length === data.length && data.every((byte, index) => byte === job.request.data[index]);
}

function newJob(unit: number, request: ModbusRequest<unknown>, options: RequestOptions): Job {
  let resolve: Job['resolve'] = () => undefined;
  let reject: Job['reject'] = () => undefined;
  const promise = new Promise<unknown>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { unit, request, options, since: performance.now(), resolve, reject, promise };
}

function expired(): McError {
  return new McError('COMMAND_EXPIRED', 'The request waited longer than it was good for and was not sent. The line is overloaded or slow.');
}
