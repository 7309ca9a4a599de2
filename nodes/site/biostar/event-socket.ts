import { WebSocket } from 'ws';
import { McError } from '../../credential/mc-error';
import { isObject, objectIn } from '../json-answer';
import type { BiostarApi } from './biostar-api';
import { envelopeOf } from './envelope';
import { type SiteEvent, siteEvent } from './site-event';

const OPEN_MS = 10_000;
const LONGEST_FRAME = 4 * 1024 * 1024;

export interface SocketListener {
  onEvent(event: SiteEvent): void;
  /** Once, when it is over for whatever reason. */
  onEnd(reason: McError): void;
}

/**
 * One WebSocket of events, in the one order in which it delivers anything (suprema-api A9): open, send the session, wait
 * for the answer, and only then `events/start`.
 */
export class EventSocket {
  private pongAt = performance.now();
  private ended = false;
  /** A feed that connects again for years must not hold on to what it heard of former sockets. */
  private atEnd: () => void = () => undefined;

  private constructor(private readonly socket: WebSocket, private readonly listener: SocketListener, private readonly agent: { destroy(): void }) {}

  /** Rejects with SITE_UNREACHABLE, LOGIN_REFUSED, NOT_SUPPORTED … where no events will come. */
  static async open(api: BiostarApi, listener: SocketListener, signal: AbortSignal): Promise<EventSocket> {
    const session = await api.sessionId();
    const { url, agent } = api.socketTo('/wsapi');
    const socket = new WebSocket(url, { agent, handshakeTimeout: OPEN_MS, maxPayload: LONGEST_FRAME, perMessageDeflate: false });
    const events = new EventSocket(socket, listener, agent);
    const abort = (): void => { events.end(new McError('SITE_UNREACHABLE', 'The events were given up: the node was stopped.')); };
    signal.addEventListener('abort', abort, { once: true });
    events.atEnd = () => { signal.removeEventListener('abort', abort); };
    try {
      await events.greet(session, api);
      await api.ask('/api/events/start', {});
      // Signed in anew for that call, it started the events of another session than the socket's.
      if (await api.sessionId() !== session) throw lost('the session was renewed meanwhile');
    } catch (error) {
      events.end(error as McError);
      throw error;
    }
    return events;
  }

  get isOver(): boolean {
    return this.ended;
  }

  /** Milliseconds since the other side was last heard of. */
  get silentMs(): number {
    return performance.now() - this.pongAt;
  }

  ping(): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.ping();
  }

  /** Ends it, and tells the listener why. */
  end(reason: McError): void {
    if (this.ended) return;
    this.ended = true;
    this.atEnd();
    this.socket.terminate();
    this.agent.destroy();
    this.listener.onEnd(reason);
  }

  /** Sends the session and waits for code 0. */
  private greet(session: string, api: BiostarApi): Promise<void> {
    const { socket } = this;
    return new Promise((resolve, reject) => {
      let greeted = false;
      const timer = setTimeout(() => { failed(lost('it did not answer in time')); }, OPEN_MS);
      const failed = (error: McError): void => {
        clearTimeout(timer);
        reject(error);
        this.end(error);
      };
      socket.on('open', () => { socket.send(`bs-session-id=${session}`); });
      socket.on('pong', () => { this.pongAt = performance.now(); });
      socket.on('error', (error) => { failed(lost((error as NodeJS.ErrnoException).code ?? 'it failed')); });
      socket.on('close', () => { failed(lost('it was closed')); });
      socket.on('message', (data: Buffer) => {
        this.pongAt = performance.now();
        const frame = textIn(data);
        const body = objectIn({ text: frame });
        const event = body?.['Event'];
        if (isObject(event)) {
          const told = siteEvent(event);
          if (told !== null && !this.ended) this.listener.onEvent(told);
          return;
        }
        const { code } = envelopeOf({ status: 200, text: frame, headers: {} });
        if (greeted || code === null) return;
        greeted = true;
        clearTimeout(timer);
        if (code === '0') {
          resolve();
          return;
        }
        api.dropSession(session);
        failed(new McError('LOGIN_REFUSED', `BioStar does not accept the session on its WebSocket (code ${code}).`));
      });
    });
  }
}

/** Frames may come as text or binary; ws puts split ones together. */
function textIn(data: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.from(data as Buffer).toString('utf8');
}

function lost(why: string): McError {
  return new McError('SITE_UNREACHABLE', `The connection for BioStar's events is lost: ${why}.`);
}
