import type { IncomingMessage, ServerResponse } from 'node:http';
import { BodyCut, BodyTooLong, readBody } from '../http-body';
import { asObject, type Fields } from '../portal/fields';
import { PortalError } from '../portal/portal-error';
import type { SimulatedSite } from '../simulated-site';
import { activationPage } from './activation-page';
import type { EventStream } from './event-stream';
import { PAGE_ACTIONS } from './page-actions';
import { pageFile } from './page-files';
import type { PageState } from './page-state';

const LONGEST_BODY = 64 * 1024;

/** Nothing from elsewhere, nothing inline, in no frame. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export interface Page {
  site: SimulatedSite;
  stream: EventStream;
  state(): PageState;
}

/** True for paths of the page; every other one is the portal's. */
export function isPagePath(path: string): boolean {
  return path === '/' || path === '/sim' || path.startsWith('/sim/');
}

/**
 * The page and its interface: `/`, `/sim/state`, `/sim/messages`, `/sim/events` (server-sent), the links
 * `/sim/activate/<token>`, and `POST /sim/<action>` (PAGE_ACTIONS).
 */
export async function answerPage(page: Page, request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  response.setHeader('Content-Security-Policy', POLICY);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cache-Control', 'no-store');
  try {
    await answer(page, request, response, path);
  } catch (error) {
    refuse(request, response, error);
  }
}

async function answer(page: Page, request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const link = /^\/sim\/activate\/([\w-]+)$/.exec(path)?.[1];
  const action = path.slice('/sim/'.length);
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      if (link !== undefined) activate(page, request, response, link);
      else if (path === '/sim/state') sendJson(response, 200, page.state());
      else if (path === '/sim/messages') sendJson(response, 200, page.state().messages);
      else if (path === '/sim/events') openStream(page, request, response);
      else await sendFile(response, path);
      return;
    case 'POST': {
      checkSameOrigin(request);
      if (link !== undefined) {
        activate(page, request, response, link);
        return;
      }
      const act = Object.hasOwn(PAGE_ACTIONS, action) ? PAGE_ACTIONS[action] : undefined;
      if (act === undefined) throw new PortalError(404, 'There is no such action.');
      sendJson(response, 200, { ok: true, ...act(page.site, await readJson(request)) });
      return;
    }
    default:
      throw new PortalError(405, `${request.method ?? ''} is not supported here.`);
  }
}

/** What the link of a message does: it may be opened in a browser, or asked for as JSON. HEAD only looks. */
function activate({ site }: Page, request: IncomingMessage, response: ServerResponse, link: string): void {
  if (request.method === 'HEAD') {
    response.writeHead(204).end();
    return;
  }
  const { number, userKey } = site.portal.openLink(link);
  if (wantsHtml(request)) sendHtml(response, 200, activationPage('This phone is now a key', 'The credential is activated. Hold the phone to a reader.'));
  else sendJson(response, 200, { ok: true, cardId: number, userId: userKey });
}

function openStream({ stream }: Page, request: IncomingMessage, response: ServerResponse): void {
  if (!stream.add(request, response)) throw new PortalError(503, 'Too many pages are open.');
}

async function sendFile(response: ServerResponse, path: string): Promise<void> {
  const file = await pageFile(path);
  if (file === null) throw new PortalError(404, 'There is no such page.');
  response.writeHead(200, { 'Content-Type': file.type });
  response.end(file.content);
}

/** A page elsewhere must not press buttons here: browsers say where a request comes from, and ask before sending JSON. */
function checkSameOrigin({ headers }: IncomingMessage): void {
  const { origin, host } = headers;
  if (origin !== undefined && origin !== `http://${host ?? ''}`) throw new PortalError(403, 'Requests from other pages are refused.');
  const from = headers['sec-fetch-site'];
  if (from === 'cross-site' || from === 'same-site') throw new PortalError(403, 'Requests from other pages are refused.');
}

async function readJson(request: IncomingMessage): Promise<Fields> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) throw new PortalError(415, 'Send JSON, with Content-Type: application/json.');
  const body = await readBody(request, LONGEST_BODY);
  let value: unknown;
  try {
    value = body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
  } catch {
    throw new PortalError(400, 'The body is not valid JSON.');
  }
  return asObject(value, 'The body');
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (error instanceof BodyCut || response.headersSent) {
    response.destroy();
    return;
  }
  let status = 500;
  let message = 'Internal error.';
  if (error instanceof PortalError) {
    ({ status, message } = error);
  } else if (error instanceof BodyTooLong) {
    response.setHeader('Connection', 'close');
    [status, message] = [413, 'The body is too long.'];
  }
  if (wantsHtml(request)) sendHtml(response, status, activationPage('This did not work', message));
  else sendJson(response, status, { error: { message } });
}

function wantsHtml({ headers }: IncomingMessage): boolean {
  return headers.accept?.includes('text/html') === true;
}

function sendHtml(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8' });
  response.end(html);
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(value));
}
