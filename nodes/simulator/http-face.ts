import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { answerBioStar, isBioStarPath } from './biostar/biostar-http';
import { takeEventSockets } from './biostar/events/wsapi';
import { isLoopbackHost } from './loopback-host';
import { answerPage, isPagePath, type Page } from './page/page-http';
import { answerPortal } from './portal/portal-http';

const KEEP_ALIVE_MS = 65_000;

/**
 * The portal, BioStar and the page on one HTTP server: the page has `/` and `/sim/`, BioStar `/api/`, `/download/`,
 * `/js/info.json` and the WebSocket `/wsapi`, the portal every other path.
 */
export function httpFace(page: Page): Server {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    // All faces answer their own errors; what is left is a socket that broke while it was answered.
    answer(page, request, response).catch(() => response.destroy());
  });
  takeEventSockets(server, page.site.biostar, (request) => isLoopbackHost(request.headers.host));
  return server;
}

async function answer(page: Page, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!isLoopbackHost(request.headers.host)) {
    refuse(response, 403, 'This simulator answers only at 127.0.0.1 and localhost.');
    return;
  }
  const url = readUrl(request.url);
  if (url === null) refuse(response, 400, 'The address is not valid.');
  else if (isPagePath(url.pathname)) await answerPage(page, request, response, url.pathname);
  else if (isBioStarPath(url.pathname)) await answerBioStar(page.site.biostar, request, response, url);
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
