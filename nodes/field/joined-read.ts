/** Polls of adjacent addresses as one request. */
import type { Job, LineQueue } from './line-queue';
import { type ModbusRequest, readBits, readRegisters, type ReadSpan } from './modbus-pdu';

/** Jobs that go out as one request. */
export interface Batch {
  jobs: readonly Job[];
  unit: number;
  request: ModbusRequest<unknown>;
  /** Settles each job with its own part of the answer. */
  resolve(value: unknown): void;
}

/** The job with all waiting polls whose addresses touch or overlap its own, as far as both devices' profiles allow. */
export function joined(first: Job, queue: LineQueue): Batch {
  const jobs = [first];
  let span = first.request.span;
  if (span === undefined || !isPoll(first) || first.options.device?.join == null) return alone(first);
  for (;;) {
    const whole: ReadSpan = span;
    const next = queue.takePoll((job) => fits(job, first, whole));
    if (next?.request.span === undefined) break;
    jobs.push(next);
    span = union(whole, next.request.span);
  }
  return jobs.length === 1 ? alone(first) : together(jobs, span);
}

export function alone(job: Job): Batch {
  return { jobs: [job], unit: job.unit, request: job.request, resolve: (value) => { job.resolve(value); } };
}

function together(jobs: readonly Job[], span: ReadSpan): Batch {
  const { address, count } = span;
  const request: ModbusRequest<unknown> = span.kind === 'bits'
    ? readBits(span.functionCode, address, count)
    : readRegisters(span.functionCode, address, count);
  return {
    jobs, request, unit: jobs[0]?.unit ?? 0,
    resolve: (value) => {
      for (const job of jobs) {
        const from = (job.request.span?.address ?? address) - address;
        job.resolve((value as unknown[]).slice(from, from + (job.request.span?.count ?? 0)));
      }
    },
  };
}

function fits(job: Job, first: Job, whole: ReadSpan): boolean {
  const { span } = job.request;
  const limits = [first.options.device?.join, job.options.device?.join];
  if (span === undefined || job.unit !== first.unit || span.functionCode !== whole.functionCode || !isPoll(job)) return false;
  if (span.address > whole.address + whole.count || whole.address > span.address + span.count) return false;
  const { count, kind } = union(whole, span);
  return limits.every((limit) => limit != null && count <= limit[kind]);
}

function isPoll({ options: { priority } }: Job): boolean {
  return priority === 'reader' || priority === 'door' || priority === 'other';
}

function union(one: ReadSpan, other: ReadSpan): ReadSpan {
  const address = Math.min(one.address, other.address);
  return { ...one, address, count: Math.max(one.address + one.count, other.address + other.count) - address };
}
