import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { BiostarServer } from './biostar-server';
import type { Fields } from './wire';

/**
 * `/wsapi`: a client sends its session as text and is answered; only an `events/start` after that makes the socket
 * deliver. One that is called earlier, or never, leaves a healthy socket that stays silent (suprema-api A9).
 */
export class EventSockets {
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  private readonly greeted = new Map<WebSocket, string>();
  private readonly started = new Set<WebSocket>();

  private readonly unlisten: () => void;

  constructor(private readonly biostar: BiostarServer) {
    this.unlisten = biostar.events.onEvent((row) => { this.deliver(row); });
  }

  /** Sockets that are told of events. */
  get count(): number {
    return this.started.size;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.server.handleUpgrade(request, socket, head, (client) => { this.welcome(client); });
  }

  start(session: string): void {
    for (const [client, of] of this.greeted) if (of === session) this.started.add(client);
  }

  close(): void {
    this.unlisten();
    this.drop();
  }

  /** Cuts every socket, as a network does. */
  drop(): void {
    for (const client of this.server.clients) client.terminate();
  }

  private welcome(client: WebSocket): void {
    client.on('error', () => undefined);
    client.on('close', () => {
      this.greeted.delete(client);
      this.started.delete(client);
    });
    client.on('message', (data: Buffer) => {
      const session = /^bs-session-id=([0-9a-f]{32})$/.exec(data.toString())?.[1] ?? '';
      const isValid = this.biostar.sessions.isValid(session);
      if (isValid) this.greeted.set(client, session);
      client.send(JSON.stringify({ Response: { code: isValid ? '0' : '1101', message: isValid ? 'Success' : 'Invalid session.' } }));
    });
  }

  private deliver(row: Fields): void {
    const frame = JSON.stringify({ Event: row });
    for (const client of this.started) if (this.biostar.sessions.isValid(this.greeted.get(client) ?? '')) client.send(frame);
  }
}
