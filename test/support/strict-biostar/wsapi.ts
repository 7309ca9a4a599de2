/** The live events' socket and its order: connect, session frame, then `events/start` (suprema-api A9). */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { messageOf } from './codes';
import { ok, type Route } from './wire';

/** How a frame goes out: as text, as binary, or cut into two fragments. */
export type Frames = 'text' | 'binary' | 'split';

interface Line {
  sid: string | null;
  started: boolean;
  /** Sessions that asked for events while this socket had sent no session frame: it stays silent for them. */
  tooEarly: Set<string>;
}

export class Wsapi {
  frames: Frames = 'text';
  /** Session frames that arrived, as text. */
  readonly heard: string[] = [];
  private readonly server = new WebSocketServer({ noServer: true });
  private readonly lines = new Map<WebSocket, Line>();

  /** `good`: whether a session is open. After a new login the old socket is an orphan: healthy and silent. */
  constructor(private readonly good: (sid: string) => boolean) {}

  get count(): number {
    return this.lines.size;
  }

  /** Sockets that get events now. */
  get started(): number {
    return this.listeners().length;
  }

  accept(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.server.handleUpgrade(req, socket, head, (ws) => {
      const line: Line = { sid: null, started: false, tooEarly: new Set() };
      this.lines.set(ws, line);
      ws.on('message', (data) => { this.hear(ws, line, data); });
      ws.on('close', () => this.lines.delete(ws));
      ws.on('error', () => { ws.terminate(); });
    });
  }

  route(): Route {
    return ['POST', '/api/events/start', ({ sid }) => {
      for (const line of this.lines.values()) {
        if (line.sid === null) line.tooEarly.add(sid);
        else if (line.sid === sid && !line.tooEarly.has(sid)) line.started = true;
      }
      return ok();
    }];
  }

  deliver(raw: string | Buffer): void {
    for (const ws of this.listeners()) {
      if (this.frames === 'split') {
        const whole = Buffer.from(raw);
        const middle = Math.floor(whole.length / 2);
        ws.send(whole.subarray(0, middle), { fin: false, binary: false });
        ws.send(whole.subarray(middle), { fin: true, binary: false });
      } else ws.send(raw, { binary: this.frames === 'binary' || typeof raw !== 'string' });
    }
  }

  cut(): void {
    for (const ws of this.lines.keys()) ws.terminate();
  }

  private listeners(): WebSocket[] {
    return [...this.lines].filter(([, line]) => line.started && line.sid !== null && this.good(line.sid)).map(([ws]) => ws);
  }

  private hear(ws: WebSocket, line: Line, data: RawData): void {
    const words = Buffer.isBuffer(data) ? data.toString() : '';
    this.heard.push(words);
    const sid = /^bs-session-id=([0-9a-f]+)$/.exec(words)?.[1];
    const code = sid !== undefined && this.good(sid) ? '0' : '1101';
    if (code === '0') line.sid = sid ?? null;
    ws.send(JSON.stringify({ Response: { code, link: '', message: messageOf(code) } }));
  }
}
