import type { IncomingMessage, ServerResponse } from 'node:http';
import { BodyCut, BodyTooLong, readBody } from '../http-body';
import { asObject, type Fields } from './fields';
import type { Portal } from './portal';
import { PortalError } from './portal-error';
import { findRoute } from './portal-routes';

const LONGEST_BODY = 1024 * 1024;

/** Answers a request to the portal in its envelope `{ status, message, record }` (suprema-api B1.1). */
export async function answerPortal(portal: Portal, request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  if (!portal.online) {
    request.socket.destroy();
    return;
  }
  try {
    const { route, parameters } = findRoute(request.method ?? '', url.pathname);
    if (route.public !== true) checkToken(portal, request.headers.authorization);
    const body = route.body === true ? await readJson(request) : {};
    send(response, 200, 'success', { record: route.handle(portal, { parameters, query: url.searchParams, body }) });
  } catch (error) {
    refuse(response, error);
  }
}

function refuse(response: ServerResponse, error: unknown): void {
  if (error instanceof BodyCut) {
    response.destroy();
  } else if (error instanceof PortalError) {
    if (error.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
    send(response, error.status, error.message, error.code === undefined ? {} : { code: error.code });
  } else if (error instanceof BodyTooLong) {
    response.setHeader('Connection', 'close');
    send(response, 413, 'The body is longer than 1 MB.', {});
  } else {
    send(response, 500, 'Internal error.', {});
  }
}

function checkToken(portal: Portal, authorization: string | undefined): void {
  const token = /^Bearer +([^ ]+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) throw new PortalError(401, 'The access token is missing: sign in.');
  if (!portal.tokens.isValid(token)) throw new PortalError(401, 'The access token has expired or is not valid: sign in again.');
}

async function readJson(request: IncomingMessage): Promise<Fields> {
  const body = await readBody(request, LONGEST_BODY);
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw new PortalError(400, 'The body is not valid JSON.');
  }
  return asObject(value, 'The body');
}

function send(response: ServerResponse, status: number, message: string, rest: object): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'Content-Type': 'application/json;charset=UTF-8', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify({ status, message, ...rest }));
}
