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
  timer: NodeJS.Timeout | undefined;
}

/** What waits on a line, the most urgent first; within one priority in the order of arrival. */
export class LineQueue {
  private readonly jobs: Readonly<Record<Priority, Job[]>> = { command: [], handshake: [], reader: [], door: [], other: [] };

  get length(): number {
    return ORDER.reduce((sum, priority) => sum + this.jobs[priority].length, 0);
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
    this.await(job, waiting);
    waiting.push(job);
    return job.promise;
  }

  /** Puts back what was taken and not sent; those that are out of time reject. */
  putBack(jobs: readonly Job[]): void {
    for (const job of [...jobs].reverse()) {
      const waiting = this.jobs[job.options.priority];
      this.await(job, waiting);
      waiting.unshift(job);
    }
  }

  /** The most urgent one that is still in time and may go out now. */
  next(mayGo: (job: Job) => boolean = () => true): Job | null {
    this.dropLate();
    for (const priority of ['command', 'handshake'] as const) {
      const job = this.jobs[priority].find(mayGo);
      if (job !== undefined) return this.take(job);
    }
    const job = mostUrgent(POLLS.flatMap((priority) => this.jobs[priority].filter(mayGo)), performance.now());
    return job === null ? null : this.take(job);
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
    for (const priority of ORDER) {
      for (const job of this.jobs[priority].splice(0)) {
        clearTimeout(job.timer);
        job.reject(error);
      }
    }
  }

  private await(job: Job, waiting: Job[]): void {
    const late = (): void => {
      waiting.splice(waiting.indexOf(job), 1);
      job.reject(expired());
    };
    const leftMs = Math.max(0, job.options.deadlineAt - Date.now());
    if (leftMs <= MAX_TIMER_MS) job.timer = setTimeout(late, leftMs);
  }

  private take(job: Job): Job {
    const waiting = this.jobs[job.options.priority];
    waiting.splice(waiting.indexOf(job), 1);
    clearTimeout(job.timer);
    return job;
  }

  /** A timer may come late; what is out of time is never sent. */
  private dropLate(): void {
    const now = Date.now();
    for (const priority of ORDER) {
      for (const job of this.jobs[priority].filter(({ options }) => options.deadlineAt < now)) this.take(job).reject(expired());
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
  return { unit, request, options, since: performance.now(), resolve, reject, promise, timer: undefined };
}

function expired(): McError {
  return new McError('COMMAND_EXPIRED', 'The request waited longer than it was good for and was not sent. The line is overloaded or slow.');
}
