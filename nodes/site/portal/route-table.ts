import { McError } from '../../credential/mc-error';

/**
 * What no public document names about the portal, in one place (suprema-api B1.1, F2): experimental, and overridden
 * by the site's `routes`. Placeholders: {siteId} {cardId} {newCardId} {userId} {page}.
 */
export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
}

export interface ListRoute extends Route {
  /** Where in the answer the rows and their total are, as dotted paths. */
  rows: string;
  total: string;
  /** Our field → the portal's, as a dotted path. */
  map: Readonly<Record<string, string>>;
  /** The portal's words for a status → ours; compared without regard to case. */
  statuses: Readonly<Record<string, string>>;
}

export const ACTIONS = ['resend', 'reissue', 'suspend', 'resume', 'delete'] as const;
export type ActionName = (typeof ACTIONS)[number];

/** Null: this portal has no such route. */
export type Routes = { list: ListRoute | null; devices: ListRoute | null } & Record<ActionName, Route | null>;

export const SHIPPED: Readonly<Routes> = {
  list: {
    method: 'GET', path: '/site/{siteId}/card?page={page}', rows: 'record.rows', total: 'record.total',
    map: {
      cardId: 'number', userId: 'userKey', status: 'status', name: 'name', email: 'email', phone: 'phone',
      department: 'department', title: 'title', validFrom: 'startDate', validTo: 'endDate',
    },
    statuses: {
      INACTIVE: 'before-activation', ACTIVE: 'activated', PAUSED: 'paused', SUSPENDED: 'paused', RESERVED: 'reserved', DELETED: 'deleted',
      'BEFORE ACTIVATION': 'before-activation', ACTIVATION: 'activated', ACTIVATED: 'activated', PAUSING: 'paused', 'ISSUING RESERVED': 'reserved',
    },
  },
  devices: {
    method: 'GET', path: '/site/{siteId}/device?page={page}', rows: 'record.rows', total: 'record.total',
    map: { device: 'id', name: 'name' }, statuses: {},
  },
  resend: { method: 'POST', path: '/user/card/{cardId}/resend' },
  reissue: { method: 'PUT', path: '/user/card/{cardId}', body: { card: { number: '{newCardId}' } } },
  suspend: { method: 'POST', path: '/user/card/{cardId}/suspend' },
  resume: { method: 'POST', path: '/user/card/{cardId}/resume' },
  delete: { method: 'DELETE', path: '/user/card/{cardId}' },
};

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const STATUSES = ['reserved', 'before-activation', 'activated', 'paused', 'deleted'];

/** The shipped routes with those of `given` (an object, or JSON text) in their place. CONFIG_INVALID names the field. */
export function readRoutes(given: unknown): Routes {
  const routes = parsed(given);
  const result: Record<string, unknown> = { ...SHIPPED };
  for (const [name, value] of Object.entries(routes)) {
    if (!(name in SHIPPED)) throw invalid(name, `not a route; there are ${Object.keys(SHIPPED).join(', ')}`);
    result[name] = value === null ? null : route(name as keyof Routes, value);
  }
  return result as unknown as Routes;
}

/** A path with its placeholders filled in, each encoded; `{page}` and the like may stand in the query too. */
export function filled(path: string, values: Readonly<Record<string, string>>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
}

/** A body with placeholders filled in wherever they stand. */
export function filledBody(body: unknown, values: Readonly<Record<string, string>>): unknown {
  if (typeof body === 'string') return body.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  if (Array.isArray(body)) return body.map((item: unknown) => filledBody(item, values));
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, filledBody(value, values)]));
}

function route(name: keyof Routes, value: unknown): unknown {
  if (!isObject(value)) throw invalid(name, 'to be an object, or null where the portal has no such route');
  const shipped = SHIPPED[name] as unknown as Record<string, unknown>;
  const isList = name === 'list' || name === 'devices';
  const known = isList ? ['method', 'path', 'body', 'rows', 'total', 'map', 'statuses'] : ['method', 'path', 'body'];
  for (const [field, inner] of Object.entries(value)) {
    const path = `${name}.${field}`;
    if (!known.includes(field)) throw invalid(path, `not known; there are ${known.join(', ')}`);
    if (field === 'method' && !METHODS.includes(String(inner))) throw invalid(path, `to be one of ${METHODS.join(', ')}`);
    if (field === 'path' && (typeof inner !== 'string' || !inner.startsWith('/'))) throw invalid(path, 'to begin with a slash');
    if ((field === 'rows' || field === 'total') && typeof inner !== 'string') throw invalid(path, 'to be a dotted path');
    if (field === 'map' || field === 'statuses') words(path, inner, field === 'statuses' ? STATUSES : null);
  }
  const merged = { ...shipped, ...value };
  if (!isList) return merged;
  const statuses = { ...shipped['statuses'] as object, ...value['statuses'] as object | undefined };
  return {
    ...merged,
    map: { ...shipped['map'] as object, ...value['map'] as object | undefined },
    statuses: Object.fromEntries(Object.entries(statuses).map(([word, status]) => [word.toUpperCase(), status as unknown])),
  };
}

function words(path: string, value: unknown, allowed: readonly string[] | null): void {
  if (!isObject(value)) throw invalid(path, 'to be an object');
  for (const [name, word] of Object.entries(value)) {
    if (typeof word !== 'string') throw invalid(`${path}.${name}`, 'to be text');
    if (allowed !== null && !allowed.includes(word)) throw invalid(`${path}.${name}`, `to be one of ${allowed.join(', ')}`);
  }
}

function parsed(given: unknown): Record<string, unknown> {
  if (given === undefined || given === null || given === '') return {};
  if (isObject(given)) return given;
  if (typeof given === 'string' && given.trim() === '') return {};
  try {
    const value: unknown = typeof given === 'string' ? JSON.parse(given) : null;
    if (isObject(value)) return value;
  } catch (cause) {
    throw new McError('CONFIG_INVALID', `"routes" is not valid JSON: ${(cause as Error).message}.`, { cause });
  }
  throw new McError('CONFIG_INVALID', '"routes" must be a JSON object.');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(path: string, what: string): McError {
  return new McError('CONFIG_INVALID', `"routes": ${path} is ${what.startsWith('not') ? what : `wrong; it has ${what}`}.`);
}
