import { McError } from '../../credential/mc-error';
import type { HttpAnswer, HttpRequest } from '../http-client';
import { bodyOf } from './portal-answer';
import { filled, type ListRoute } from './route-table';

const MOST_PAGES = 10_000;

/** A row of a list, and where it stood, for errors. */
export interface Row { fields: Readonly<Record<string, unknown>>; where: string }

/**
 * Every row of a paged list. Pages count from 0 and end when `total` is reached, or, where the answer has none, with
 * an empty page. An empty page before `total`, or one that brings nothing new, makes the list incomplete:
 * SITE_ANSWER_INVALID. With `repeatEnds` a page that brings nothing new is taken for the end.
 */
export async function readPages(
  read: (request: HttpRequest) => Promise<HttpAnswer>, route: ListRoute, siteId: string, keyOf: (row: Row) => string, repeatEnds: boolean,
): Promise<Row[]> {
  const found = new Map<string, Row>();
  let total: number | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const path = filled(route.path, { siteId, page: String(page) });
    const body = bodyOf(await read({ method: route.method, path, ...(route.body === undefined ? {} : { body: route.body }) }));
    const rows = rowsOf(body, route, page);
    total = totalOf(body, route, page) ?? total;
    const before = found.size;
    for (const row of rows) found.set(keyOf(row), row);
    if (total !== null && found.size >= total) return complete(found, total);
    if (rows.length === 0) {
      if (total === null) return [...found.values()];
      throw invalid(`page ${page} is empty, but ${total} rows were announced and ${found.size} came`);
    }
    if (found.size === before) {
      if (repeatEnds && total === null) return [...found.values()];
      throw invalid(`page ${page} repeats rows that came before`);
    }
    // A route without a page in it has one page.
    if (!route.path.includes('{page}')) {
      if (total !== null) throw invalid(`${total} rows were announced and ${found.size} came`);
      return [...found.values()];
    }
  }
  throw invalid(`it has more than ${MOST_PAGES} pages`);
}

/** The value at a dotted path. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, name) =>
    (typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[name] : undefined), value);
}

export function invalid(why: string): McError {
  return new McError('SITE_ANSWER_INVALID', `The site's list cannot be used: ${why}. Nothing was changed by it.`);
}

function rowsOf(body: unknown, route: ListRoute, page: number): Row[] {
  const rows = at(body, route.rows);
  if (!Array.isArray(rows)) throw invalid(`page ${page} has no rows at ${route.rows}`);
  return rows.map((fields: unknown, index) => {
    const where = `row ${index + 1} of page ${page}`;
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) throw invalid(`${where} is no object`);
    return { fields: fields as Record<string, unknown>, where };
  });
}

function totalOf(body: unknown, route: ListRoute, page: number): number | null {
  const total = at(body, route.total);
  if (total === undefined || total === null) return null;
  if ((typeof total !== 'number' && typeof total !== 'string') || !/^\d{1,9}$/.test(String(total))) throw invalid(`page ${page} has a total that is no number`);
  return Number(total);
}

/** More rows than were announced: something came or went while we read, so nobody knows what is missing. */
function complete(found: Map<string, Row>, total: number): Row[] {
  if (found.size > total) throw invalid(`${total} rows were announced and ${found.size} came`);
  return [...found.values()];
}
