import type { IncomingMessage, ServerResponse } from 'node:http';
import { BodyCut, BodyTooLong, readBody } from '../http-body';
import { BiostarError } from './biostar-error';
import type { BiostarServer } from './biostar-server';
import { CARD_ROUTES } from './card-routes';
import { CSV_ROUTES } from './csv-routes';
import { DOOR_ROUTES } from './door-routes';
import type { Handler, Reply } from './route';
import { SERVER_ROUTES } from './server-routes';
import { USER_ROUTES } from './user-routes';
import { asText, type Fields, isFields } from './wire';

const LONGEST_BODY = 64 * 1024 * 1024;
const ROUTES = new Map<string, Handler>(Object.entries({ ...SERVER_ROUTES, ...USER_ROUTES, ...CARD_ROUTES, ...CSV_ROUTES, ...DOOR_ROUTES }));
const OPEN = ['POST /api/login', 'GET /js/info.json'];
const LINK = 'https://support.supremainc.com/en/support/home';

/** True for paths of the simulated BioStar server; every other path is the portal's or the page's. */
export function isBiostarPath(path: string): boolean {
  return /^\/(api|download)\//.test(path) || path === '/js/info.json' || path === '/wsapi';
}

/** Answers a request in BioStar's envelope: scalars as text on v1, as they are and `by: "web"` on v2 (suprema-api A1). */
export async function answerBiostar(server: BiostarServer, start: (session: string) => void, request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  const isV2 = url.pathname.startsWith('/api/v2/');
  try {
    const raw = await readBody(request, LONGEST_BODY);
    send(response, isV2, handle(server, start, request, url, raw));
  } catch (error) {
    if (error instanceof BodyCut) response.destroy();
    else if (error instanceof BiostarError) send(response, isV2, { code: error.code as number, http: error.http, ...(error.bare ? { bare: true } : {}) }, error.message);
    else if (error instanceof BodyTooLong) send(response, isV2, { code: 30, http: 413 }, 'The body is too long.');
    else send(response, isV2, { code: 1000, http: 500 }, 'Internal error.');
  }
}

function handle(server: BiostarServer, start: (session: string) => void, request: IncomingMessage, url: URL, raw: Buffer): Reply {
  const method = request.method ?? '';
  const session = String(request.headers['bs-session-id'] ?? '');
  const name = `${method} ${url.pathname}`;
  if (!OPEN.includes(name)) server.sessions.check(session);
  if (name === 'POST /api/events/start') {
    start(session);
    return {};
  }
  const { handler, id } = found(server, method, url.pathname);
  return handler(server, { id, query: url.searchParams, body: json(request, raw), raw, session });
}

/** Code 103 for a path, or a trailing slash, that does not exist; 102 for another method (E3, E17). */
function found(server: BiostarServer, method: string, path: string): { handler: Handler; id: string } {
  const [pattern, id] = /^\/(api\/(?:users|doors)|download)\/[^/]+$/.test(path) && !ROUTES.has(`${method} ${path}`)
    ? [path.replace(/[^/]+$/, ':id'), decodeURIComponent(path.slice(path.lastIndexOf('/') + 1))] : [path, ''];
  const handler = ROUTES.get(`${method} ${pattern}`);
  if (handler === undefined || server.missing.has(`${method} ${path}`)) {
    const isList = ['/api/cards/assigned', '/api/cards/unassigned'].includes(path) || (/^\/api\/doors\/(open|lock|unlock|release)$/.test(path) && method !== 'POST');
    throw handler === undefined && isList ? new BiostarError(102, 400, 'Method is not allowed.') : new BiostarError(103, 400, 'The request is not supported.');
  }
  return { handler, id };
}

function json(request: IncomingMessage, raw: Buffer): Fields {
  if (raw.length === 0 || !(request.headers['content-type'] ?? 'application/json').includes('json')) return {};
  try {
    const value: unknown = JSON.parse(raw.toString('utf8'));
    if (isFields(value)) return value;
  } catch {
    // Answered below.
  }
  throw new BiostarError(1000, 400, 'Malformed JSON.');
}

function send(response: ServerResponse, isV2: boolean, reply: Reply, message = 'Success'): void {
  if (response.destroyed) return;
  const { http = 200, code = 0, body = {}, file, session } = reply;
  if (session !== undefined) response.setHeader('bs-session-id', session);
  if (file !== undefined) {
    response.writeHead(200, { 'Content-Type': 'application/octet-stream' });
    response.end(file);
    return;
  }
  const whole = { code: String(code), ...(reply.short === true ? {} : { link: LINK, message, ...(isV2 ? { by: 'web' } : {}) }) };
  const rest = isV2 ? body : asText(body) as Fields;
  const own = isFields(rest['Response']) ? rest['Response'] : {};
  response.writeHead(http, { 'Content-Type': 'application/json;charset=UTF-8', 'Cache-Control': 'no-store', ...(code === (101 as number) ? { Connection: 'close' } : {}) });
  response.end(JSON.stringify(reply.bare === true ? { ...rest, ...whole } : { ...rest, Response: { ...whole, ...own } }));
}
