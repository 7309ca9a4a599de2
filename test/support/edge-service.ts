/** Requests that are served one after the other, each in the same time, whichever connection they came by. */
import type { Socket } from 'node:net';

/** What precedes the unit in each Modbus/TCP frame. */
const PREFIX_BYTES = 6;

export class EdgeService {
  private readonly waiting: { request: Buffer; socket: Socket }[] = [];
  private busy = false;
  private served = 0;
  private busyMs = 0;

  /** `answer` is called at the end of the service time: what it sees is what the device does then. */
  constructor(private readonly serviceMs: number, private readonly answer: (request: Buffer) => Buffer) {}

  /** Takes the requests of a connection until that ends. */
  serve(socket: Socket): void {
    let rest = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => {
      rest = Buffer.concat([rest, data]);
      while (rest.length >= PREFIX_BYTES) {
        const end = PREFIX_BYTES + rest.readUInt16BE(4);
        if (rest.length < end) break;
        this.waiting.push({ request: rest.subarray(0, end), socket });
        rest = rest.subarray(end);
      }
      if (!this.busy) this.next();
    });
  }

  /** What one request really took on average: a timer is never early, and mostly late. */
  get meanMs(): number {
    return this.busyMs / this.served;
  }

  private next(): void {
    const job = this.waiting.shift();
    this.busy = job !== undefined;
    if (job === undefined) return;
    const from = performance.now();
    setTimeout(() => {
      this.served += 1;
      this.busyMs += performance.now() - from;
      const answer = this.answer(job.request);
      if (!job.socket.destroyed) job.socket.write(answer);
      this.next();
    }, this.serviceMs);
  }
}
