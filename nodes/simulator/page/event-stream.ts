import type { IncomingMessage, ServerResponse } from 'node:http';

const GATHER_MS = 40;
const ALIVE_MS = 15_000;
const STREAMS = 32;
/** A browser that reads this little keeps what it has until it reads again. */
const MOST_WAITING = 2 * 1024 * 1024;

/** Sends the whole state to every open page whenever it changed: server-sent events, one named `state` each. */
export class EventStream {
  private readonly pages = new Set<ServerResponse>();
  private gathering: NodeJS.Timeout | null = null;
  private alive: NodeJS.Timeout | null = null;

  /** @param state makes the state as it is now */
  constructor(private readonly state: () => object) {}

  /** False where too many pages are open. */
  add(request: IncomingMessage, response: ServerResponse): boolean {
    if (this.pages.size >= STREAMS) return false;
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store' });
    response.write(`retry: 1000\n\n${this.message()}`);
    this.pages.add(response);
    request.socket.setTimeout(0);
    response.once('close', () => this.drop(response));
    this.alive ??= setInterval(() => { for (const page of this.pages) page.write(': alive\n\n'); }, ALIVE_MS);
    return true;
  }

  /** Something changed. Changes in quick succession are sent as one. */
  changed(): void {
    if (this.pages.size === 0 || this.gathering !== null) return;
    this.gathering = setTimeout(() => {
      this.gathering = null;
      const message = this.message();
      for (const page of this.pages) if (page.writableLength < MOST_WAITING) page.write(message);
    }, GATHER_MS);
  }

  stop(): void {
    for (const page of this.pages) this.drop(page);
    if (this.gathering !== null) clearTimeout(this.gathering);
    this.gathering = null;
  }

  private drop(page: ServerResponse): void {
    this.pages.delete(page);
    page.end();
    if (this.pages.size > 0 || this.alive === null) return;
    clearInterval(this.alive);
    this.alive = null;
  }

  private message(): string {
    return `event: state\ndata: ${JSON.stringify(this.state())}\n\n`;
  }
}
