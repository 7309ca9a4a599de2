import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { answerBiostar, isBiostarPath } from './biostar/biostar-http';
import { EventSockets } from './biostar/event-sockets';
import { isLoopbackHost } from './loopback-host';
import { answerPage, isPagePath, type Page } from './page/page-http';
import { answerPortal } from './portal/portal-http';

const KEEP_ALIVE_MS = 65_000;

/**
 * Portal, BioStar server and page on one HTTP server: the page has `/` and `/sim/`, BioStar `/api/`, `/download/`,
 * `/js/info.json` and the WebSocket `/wsapi`, the portal every other path.
 */
export function httpFace(page: Page): Server {
  const sockets = new EventSockets(page.site.biostar);
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    // Each face answers its own errors; what is left is a socket that broke while it was answered.
    answer(page, sockets, request, response).catch(() => response.destroy());
  });
  server.on('upgrade', (request, socket, head) => {
    if (isLoopbackHost(request.headers.host) && request.url === '/wsapi') sockets.upgrade(request, socket, head);
    else socket.destroy();
  });
  server.on('close', () => { sockets.close(); });
  return server;
}

async function answer(page: Page, sockets: EventSockets, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!isLoopbackHost(request.headers.host)) {
    refuse(response, 403, 'This simulator answers only at 127.0.0.1 and localhost.');
    return;
  }
  const url = readUrl(request.url);
  if (url === null) refuse(response, 400, 'The address is not valid.');
  else if (isPagePath(url.pathname)) await answerPage(page, request, response, url.pathname);
  else if (isBiostarPath(url.pathname)) await answerBiostar(page.site.biostar, (session) => { sockets.start(session); }, request, response, url);
  else await answerPortal(page.site.portal, request, response, url);
}

function readUrl(url: string | undefined): URL | null {
  try {
    return new URL(url ?? '/', 'http://127.0.0.1');
  } catch {
    return null;
  }
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json;charset=UTF-8', Connection: 'close' });
  response.end(JSON.stringify({ status, message }));
}
