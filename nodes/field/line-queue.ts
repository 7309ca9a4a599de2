import { McError } from '../credential/mc-error';
import type { Priority, RequestOptions } from './controller-port';
import type { ModbusRequest } from './modbus-pdu';

/** Requests that may wait on one line; more is a line that is asked too much. */
export const QUEUE_LIMIT = 256;

const ORDER: readonly Priority[] = ['command', 'handshake', 'reader', 'door', 'other'];

export interface Job {
  readonly unit: number;
  readonly request: ModbusRequest<unknown>;
  readonly options: RequestOptions;
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

  /** Adds a request, or joins the one under the same key that waits already. QUEUE_FULL when there are too many. */
  add(unit: number, request: ModbusRequest<unknown>, options: RequestOptions): Promise<unknown> {
    const waiting = this.jobs[options.priority];
    const twin = options.key === undefined ? undefined : waiting.find((job) => job.unit === unit && job.options.key === options.key);
    if (twin !== undefined) return twin.promise;
    if (this.length >= QUEUE_LIMIT && options.priority !== 'command') {
      return Promise.reject(new McError('QUEUE_FULL', `More than ${QUEUE_LIMIT} requests wait on this line. Poll less often, or divide the devices over more lines.`));
    }
    const job = newJob(unit, request, options);
    const late = (): void => {
      waiting.splice(waiting.indexOf(job), 1);
      job.reject(expired());
    };
    job.timer = setTimeout(late, Math.max(0, options.deadlineAt - Date.now()));
    waiting.push(job);
    return job.promise;
  }

  /** The most urgent one that is still in time. */
  next(): Job | null {
    for (const priority of ORDER) {
      for (let job = this.jobs[priority].shift(); job !== undefined; job = this.jobs[priority].shift()) {
        clearTimeout(job.timer);
        if (Date.now() <= job.options.deadlineAt) return job;
        job.reject(expired());
      }
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
}

function newJob(unit: number, request: ModbusRequest<unknown>, options: RequestOptions): Job {
  let resolve: Job['resolve'] = () => undefined;
  let reject: Job['reject'] = () => undefined;
  const promise = new Promise<unknown>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { unit, request, options, resolve, reject, promise, timer: undefined };
}

function expired(): McError {
  return new McError('COMMAND_EXPIRED', 'The request waited longer than it was good for and was not sent. The line is overloaded or slow.');
}
