import { McError } from '../../credential/mc-error';
import { CREDENTIAL_STATUSES, type CredentialStatus } from '../../credential/record';

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
  /** The portal's words for a status, as `statusWord` has them → ours. */
  statuses: Readonly<Record<string, CredentialStatus>>;
}

export const ACTIONS = ['resend', 'reissue', 'suspend', 'resume', 'delete'] as const;
export type ActionName = (typeof ACTIONS)[number];

type AllRoutes = { list: ListRoute; devices: ListRoute } & Record<ActionName, Route>;

/** Null: this portal has no such route. */
export type Routes = { [Name in keyof AllRoutes]: AllRoutes[Name] | null };

/** The contract's assumptions. */
export const SHIPPED: Readonly<AllRoutes> = {
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

/** What may stand in braces in a route's path and body. */
function placeholdersOf(name: keyof Routes): readonly string[] {
  if (name === 'list' || name === 'devices') return ['siteId', 'page'];
  return name === 'reissue' ? ['siteId', 'cardId', 'userId', 'newCardId'] : ['siteId', 'cardId', 'userId'];
}

/** The shipped routes with those of `given` (an object, or JSON text) in their place. CONFIG_INVALID names the field. */
export function readRoutes(given: unknown): Routes {
  const result: Record<string, unknown> = { ...SHIPPED };
  for (const [name, value] of Object.entries(parsed(given))) {
    if (!isRouteName(name)) throw invalid(`"${name}" is not a route; there are ${Object.keys(SHIPPED).join(', ')}`);
    result[name] = value === null ? null : route(name, value);
  }
  return result as unknown as Routes;
}

/** A status word as the table has it: capitals, `_` like a space. */
export function statusWord(word: string): string {
  return word.trim().toUpperCase().replace(/[_\s]+/g, ' ');
}

/** A path with its placeholders filled in, each encoded; `{page}` and the like may stand in the query too. */
export function filledPath(path: string, values: Readonly<Record<string, string>>): string {
  return path.replace(PLACEHOLDER, (whole, name: string) => (Object.hasOwn(values, name) ? encodeURIComponent(values[name] as string) : whole));
}

/** A body with placeholders filled in wherever they stand in a text. */
export function filledBody(body: unknown, values: Readonly<Record<string, string>>): unknown {
  if (typeof body === 'string') return body.replace(PLACEHOLDER, (whole, name: string) => (Object.hasOwn(values, name) ? values[name] as string : whole));
  if (Array.isArray(body)) return body.map((item: unknown) => filledBody(item, values));
  if (!isObject(body)) return body;
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, filledBody(value, values)]));
}

/** True where a route's path or body has `{name}`. */
export function hasPlaceholder({ path, body }: Route, name: string): boolean {
  return placeholdersIn(path).includes(name) || placeholdersIn(JSON.stringify(body ?? null)).includes(name);
}

const PLACEHOLDER = /\{(\w+)\}/g;

function placeholdersIn(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
}

function route(name: keyof Routes, value: unknown): Route {
  if (!isObject(value)) throw invalid(`"${name}" must be an object, or null where the portal has no such route`);
  const isList = name === 'list' || name === 'devices';
  const known = isList ? ['method', 'path', 'body', 'rows', 'total', 'map', ...(name === 'list' ? ['statuses'] : [])] : ['method', 'path', 'body'];
  const strange = Object.keys(value).find((field) => !known.includes(field));
  if (strange !== undefined) throw invalid(`"${name}.${strange}" is not known; there are ${known.join(', ')}`);
  const shipped = SHIPPED[name] as ListRoute;
  const own: Record<string, unknown> = { ...value };
  for (const [field, inner] of Object.entries(value)) {
    const path = `${name}.${field}`;
    if (inner === null || inner === undefined) throw invalid(`"${path}" must not be empty; leave it out to keep what is shipped`);
    if (field === 'method' && !METHODS.includes(inner as string)) throw invalid(`"${path}" must be one of ${METHODS.join(', ')}`);
    if (field === 'path') checkPath(path, inner);
    if (field === 'path' || field === 'body') checkPlaceholders(path, inner, placeholdersOf(name));
    if (field === 'rows' || field === 'total') checkDotted(path, inner);
    if (field === 'map') own[field] = { ...shipped.map, ...wordsIn(path, inner, Object.keys(shipped.map), null) };
    if (field === 'statuses') own[field] = { ...shipped.statuses, ...byStatusWord(wordsIn(path, inner, null, CREDENTIAL_STATUSES)) };
  }
  return { ...shipped, ...own };
}

/** Below the domain and nowhere else: the token goes there. */
function checkPath(path: string, value: unknown): void {
  const isPath = typeof value === 'string' && /^\/(?!\/)[^\s\\#]*$/.test(value);
  if (!isPath || value.split(/[/?]/).includes('..')) throw invalid(`"${path}" must be a path that begins with one slash`);
}

function checkPlaceholders(path: string, value: unknown, allowed: readonly string[]): void {
  const strange = placeholdersIn(JSON.stringify(value)).find((name) => !allowed.includes(name));
  if (strange !== undefined) throw invalid(`"${path}" has {${strange}}; there are ${allowed.map((name) => `{${name}}`).join(' ')}`);
}

function checkDotted(path: string, value: unknown): void {
  if (typeof value !== 'string' || !/^[^.\s]+(\.[^.\s]+)*$/.test(value)) throw invalid(`"${path}" must be a dotted path such as record.rows`);
}

function wordsIn(path: string, value: unknown, names: readonly string[] | null, words: readonly string[] | null): Record<string, string> {
  if (!isObject(value)) throw invalid(`"${path}" must be an object`);
  for (const [name, word] of Object.entries(value)) {
    if (names !== null && !names.includes(name)) throw invalid(`"${path}.${name}" is not known; there are ${names.join(', ')}`);
    if (words === null) checkDotted(`${path}.${name}`, word);
    else if (!words.includes(String(word))) throw invalid(`"${path}.${name}" must be one of ${words.join(', ')}`);
  }
  return value as Record<string, string>;
}

function byStatusWord(statuses: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(statuses).map(([word, status]) => [statusWord(word), status]));
}

function isRouteName(name: string): name is keyof Routes {
  return Object.hasOwn(SHIPPED, name);
}

function parsed(given: unknown): Record<string, unknown> {
  if (given === undefined || given === null) return {};
  if (isObject(given)) return given;
  if (typeof given !== 'string') throw new McError('CONFIG_INVALID', '"routes" must be a JSON object.');
  if (given.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(given);
  } catch (cause) {
    throw new McError('CONFIG_INVALID', `"routes" is not valid JSON: ${(cause as Error).message}.`, { cause });
  }
  if (isObject(value)) return value;
  throw new McError('CONFIG_INVALID', '"routes" must be a JSON object.');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(what: string): McError {
  return new McError('CONFIG_INVALID', `In "routes", ${what}.`);
}
