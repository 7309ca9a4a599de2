import { asObject, type Fields, requiredText } from './fields';
import { matchPath } from '../path-match';
import { onePage } from './one-page';
import type { Portal } from './portal';
import { wireRow, type PortalCard } from './portal-card';
import { PortalError } from './portal-error';
import { readCardNumber, readCardRequest } from './read-card-request';

export interface Asked {
  /** What stood in place of `:name` in the path. */
  parameters: Record<string, string>;
  query: URLSearchParams;
  body: Fields;
}

export interface Route {
  method: string;
  path: string;
  /** True where no token is needed. */
  public?: true;
  /** True where a JSON body is read. */
  body?: true;
  /** Does the work and gives the `record` of the answer; throws PortalError. */
  handle(portal: Portal, asked: Asked): unknown;
}

/** The vendor's published calls (suprema-api B1.1), then those that are this package's assumption (contract, `routes`). */
const ROUTES: readonly Route[] = [
  { method: 'POST', path: '/login', public: true, body: true, handle: login },
  { method: 'GET', path: '/site/:siteId', handle: site },
  { method: 'POST', path: '/user/card', body: true, handle: issue },
  { method: 'GET', path: '/site/:siteId/card', handle: list },
  { method: 'GET', path: '/site/:siteId/device', handle: devices },
  { method: 'POST', path: '/user/card/:cardId/resend', handle: onCard((portal, cardId) => portal.resend(cardId)) },
  { method: 'POST', path: '/user/card/:cardId/suspend', handle: onCard((portal, cardId) => portal.suspend(cardId)) },
  { method: 'POST', path: '/user/card/:cardId/resume', handle: onCard((portal, cardId) => portal.resume(cardId)) },
  { method: 'PUT', path: '/user/card/:cardId', body: true, handle: onCard((portal, cardId, body) => portal.reissue(cardId, readCardNumber(asObject(body['card'], 'card')))) },
  { method: 'DELETE', path: '/user/card/:cardId', handle: remove },
];

/** Throws 404 for a path that does not exist, 405 for one that exists with another method. */
export function findRoute(method: string, path: string): { route: Route; parameters: Record<string, string> } {
  const there = ROUTES.flatMap((route) => {
    const parameters = matchPath(route.path, path, broken);
    return parameters === null ? [] : [{ route, parameters }];
  });
  const found = there.find(({ route }) => route.method === method);
  if (found !== undefined) return found;
  throw there.length === 0 ? new PortalError(404, 'There is no such route.') : new PortalError(405, `${method} is not supported here.`);
}

function login(portal: Portal, { body }: Asked): unknown {
  const { email, password } = body;
  if (typeof email !== 'string' || typeof password !== 'string' || email === '' || password === '') {
    throw new PortalError(400, 'email and password are required.');
  }
  const accessToken = portal.signIn(email, password);
  return { email: portal.account.email, accountType: 'sitemanager', accessToken, name: 'Demonstration', accountStatus: 'ACTIVATED' };
}

function site(portal: Portal, asked: Asked): unknown {
  checkSite(portal, asked.parameters['siteId']);
  return {
    id: portal.siteId, name: portal.name, accessType: portal.accessType, status: portal.status, created: portal.created,
    credit: String(portal.credits), refill: '0', smsCredit: String(portal.textCredits),
    countryCode: 'GB', languageCode: 'en', timeZone: 'UTC',
  };
}

function issue(portal: Portal, { body }: Asked): unknown {
  const siteId = requiredText(body, 'siteId', 'siteId');
  const request = readCardRequest(body);
  checkSite(portal, siteId);
  return row(portal, portal.issue(request));
}

function list(portal: Portal, asked: Asked): unknown {
  checkSite(portal, asked.parameters['siteId']);
  const { rows, total } = onePage(portal.book.all(), asked.query.get('page'));
  return { rows: rows.map((card) => row(portal, card)), total };
}

function devices(portal: Portal, asked: Asked): unknown {
  checkSite(portal, asked.parameters['siteId']);
  const registered = portal.devices.filter(({ registered: is }) => is).map(({ id, name }) => ({ id, name }));
  return onePage(registered, asked.query.get('page'));
}

function remove(portal: Portal, asked: Asked): unknown {
  const { number, userKey } = portal.delete(asked.parameters['cardId'] ?? '');
  return { number, userKey };
}

function onCard(act: (portal: Portal, cardId: string, body: Fields) => PortalCard): Route['handle'] {
  return (portal, { parameters, body }) => row(portal, act(portal, parameters['cardId'] ?? '', body));
}

function checkSite(portal: Portal, siteId: string | undefined): void {
  if (siteId !== portal.siteId) throw new PortalError(404, 'The site ID does not exist, or is not a site of this account.');
}

function row(portal: Portal, card: PortalCard): Record<string, string> {
  return wireRow(card, portal.accessType);
}

function broken(): never {
  throw new PortalError(400, 'The path is not encoded as it should be.');
}
