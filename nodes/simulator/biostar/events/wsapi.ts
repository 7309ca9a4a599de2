import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { BioStar } from '../biostar';
import { messageOf } from '../codes';
import { scalarsAsText } from '../wire';
import type { Listener } from './event-sockets';

const PATH = '/wsapi';
const LONGEST_FRAME = 64 * 1024;

/** Takes WebSockets at `/wsapi` (suprema-api A9); every other upgrade is refused. */
export function takeEventSockets(server: Server, biostar: BioStar, isAllowed: (request: IncomingMessage) => boolean): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LONGEST_FRAME, perMessageDeflate: false });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => { socket.destroy(); });
    if (!isAllowed(request) || (request.url ?? '').split('?')[0] !== PATH) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => { serve(biostar, webSocket); });
  });
}

function serve(biostar: BioStar, socket: WebSocket): void {
  const send = (frame: unknown): void => {
    const { realScalars, binaryFrames } = biostar.settings.quirks;
    socket.send(JSON.stringify(realScalars ? frame : scalarsAsText(frame)), { binary: binaryFrames });
  };
  const listener: Listener = { session: '', started: false, send, cut: () => { socket.terminate(); } };
  biostar.sockets.add(listener);
  socket.on('error', () => { socket.terminate(); });
  socket.on('close', () => { biostar.sockets.remove(listener); });
  socket.on('message', (data: RawData) => {
    const session = /^bs-session-id=([0-9a-f]{32})$/i.exec(textOfFrame(data).trim())?.[1];
    const good = session !== undefined && biostar.sessions.isOpen(session);
    if (good) Object.assign(listener, { session, started: false });
    const code = good ? 0 : 1101;
    send({ Response: { code, link: biostar.link, message: messageOf(code) } });
  });
}

function textOfFrame(data: RawData): string {
  return (Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? Buffer.from(data) : data).toString('utf8');
}
