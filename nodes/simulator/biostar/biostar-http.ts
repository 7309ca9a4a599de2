import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { BodyCut, BodyTooLong, readBody } from '../http-body';
import type { BioStar } from './biostar';
import { BioStarError } from './biostar-error';
import { messageOf } from './codes';
import type { Answer, Asked, Route } from './route';
import { findRoute, type FoundRoute } from './routes';
import { type Fields, scalarsAsText } from './wire';

const LONGEST_BODY = 32 * 1024 * 1024;
const DOWNLOAD = '/download/';
const INFO = '/js/info.json';

/** True for paths of BioStar: `/api/…`, `/download/…` and `/js/info.json`. */
export function isBioStarPath(path: string): boolean {
  return path === '/api' || path.startsWith('/api/') || path.startsWith(DOWNLOAD) || path === INFO;
}

/** Answers a request to the simulated BioStar in its envelope (suprema-api A1). */
export async function answerBioStar(biostar: BioStar, request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  const path = url.pathname;
  if (path === INFO) {
    const { product, version } = biostar.settings;
    send(response, 200, { name: product, version });
    return;
  }
  if (path.startsWith(DOWNLOAD)) {
    sendFile(biostar, response, path.slice(DOWNLOAD.length));
    return;
  }
  const style = path.startsWith('/api/v2/') ? 'v2' : 'v1';
  let lost = false;
  try {
    // Read in any case: a body that is left unread would break the connection for the next request.
    const raw = await readBody(request, LONGEST_BODY);
    const found = findRoute(request.method ?? '', path, biostar.missingRoutes);
    biostar.requests.set(found.name, (biostar.requests.get(found.name) ?? 0) + 1);
    if (biostar.faults.latencyMs > 0) await sleep(biostar.faults.latencyMs);
    const fault = biostar.faults.take(found.name);
    lost = fault === 'lose';
    if (fault !== null && fault !== 'lose') throw new BioStarError(fault.code);
    const answer = found.route.handle(biostar, askedOf(biostar, found, request, url, raw));
    if (lost) response.destroy();
    else sendAnswer(biostar, response, found.route, answer);
  } catch (error) {
    if (lost) response.destroy();
    else refuse(biostar, response, style, error);
  }
}

function askedOf({ sessions }: BioStar, { route, parameters }: FoundRoute, request: IncomingMessage, url: URL, raw: Buffer): Asked {
  const header = request.headers['bs-session-id'];
  const session = route.public === true ? '' : sessions.check(typeof header === 'string' ? header : undefined);
  const body = route.raw === true ? {} : readJson(raw, route.style);
  return { parameters, query: url.searchParams, body, raw, contentType: request.headers['content-type'] ?? '', session };
}

/** Malformed JSON is 700 on v1 routes and 1000 on the web layer (suprema-api A1.2, A6.4). */
function readJson(raw: Buffer, style: Route['style']): Fields {
  if (raw.length === 0) return {};
  let value: unknown = null;
  try {
    value = JSON.parse(raw.toString('utf8'));
  } catch { /* answered as every body that is no object */ }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new BioStarError(style === 'v1' ? 700 : 1000);
  return value as Fields;
}

function sendAnswer(biostar: BioStar, response: ServerResponse, { style }: Route, { body = {}, code = 0, message = messageOf(code), status = 200, more = {}, headers = {}, bare }: Answer): void {
  const told = { code: String(code), ...(style === 'short' ? {} : { link: biostar.link, message }), ...(style === 'v2' ? { by: 'web' } : {}), ...more };
  const envelope = bare === true ? { code: String(code) } : { Response: told };
  const whole = { ...body, ...envelope };
  send(response, status, style === 'v1' && !biostar.settings.quirks.realScalars ? scalarsAsText(whole) : whole, headers);
}

function refuse({ link }: BioStar, response: ServerResponse, style: 'v1' | 'v2', error: unknown): void {
  if (error instanceof BodyCut) {
    response.destroy();
    return;
  }
  const told = error instanceof BioStarError ? error : new BioStarError(error instanceof BodyTooLong ? 30 : 1000);
  const fields = { code: String(told.code), link, message: told.message, ...(style === 'v2' || told.bare ? { by: 'web' } : {}) };
  // After a refused login, and after a body that was not read to its end, the connection is not used again (suprema-api E1).
  const close = [101, 113].includes(Number(told.code)) || error instanceof BodyTooLong;
  send(response, told.status, told.bare ? fields : { Response: fields }, close ? { Connection: 'close' } : {});
}

/** Static files of the web server: no session is asked for. */
function sendFile({ downloads }: BioStar, response: ServerResponse, name: string): void {
  const content = downloads.get(decoded(name));
  if (content === undefined) {
    response.writeHead(404, { 'Content-Type': 'text/html' });
    response.end('<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>');
    return;
  }
  response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'X-Content-Type-Options': 'nosniff' });
  response.end(content);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function send(response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'Content-Type': 'application/json;charset=UTF-8', 'Cache-Control': 'no-store', ...headers });
  response.end(JSON.stringify(value));
}
