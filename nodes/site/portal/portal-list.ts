import { McError } from '../../credential/mc-error';
import type { HttpAnswer, HttpRequest } from '../http-client';
import { at } from './dotted-path';
import { bodyOf, isObject, type JsonObject } from '../json-answer';
import { filledBody, filledPath, hasPlaceholder, type ListRoute } from './route-table';

const MOST_PAGES = 10_000;

/** A row of a list, and where it stood, for errors: they never show what is in it. */
export interface Row { fields: JsonObject; where: string }

export interface PagedRead<T> {
  read: (request: HttpRequest) => Promise<HttpAnswer>;
  route: ListRoute;
  siteId: string;
  /** What a row stands for. SITE_ANSWER_INVALID for one that lacks something. */
  itemOf: (row: Row) => T;
  /** Two rows with the same key are the same thing. */
  keyOf: (item: T, row: Row) => string;
  /** A page that brings nothing new is the end rather than a fault: for portals that do not page. */
  repeatEnds: boolean;
}

/**
 * Every row of a paged list. Pages count from 0 and end when `total` is reached, or, where the answer has none, with
 * an empty page; a route without `{page}` has one page. A list that is not whole is SITE_ANSWER_INVALID: an empty page
 * before `total`, a page that brings nothing new, another `total` in the middle, more rows than were announced.
 */
export async function readPages<T>({ read, route, siteId, itemOf, keyOf, repeatEnds }: PagedRead<T>): Promise<T[]> {
  const found = new Map<string, T>();
  const isPaged = hasPlaceholder(route, 'page');
  let total: number | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const body = bodyOf(await read(requestOf(route, { siteId, page: String(page) })));
    const rows = rowsOf(body, route, page);
    const announced = totalOf(body, route, page);
    if (announced !== total) {
      if (page > 0) throw invalid(`its total changed to ${announced ?? 'none'} at page ${page}, after ${total ?? 'none'}`);
      total = announced;
    }
    const before = found.size;
    for (const row of rows) {
      const item = itemOf(row);
      found.set(keyOf(item, row), item);
    }
    const came = found.size;
    const cameOf = `${total ?? 0} rows were announced and ${came} came`;
    if (total !== null && came > total) throw invalid(`${cameOf} up to page ${page}`);
    if (total !== null && came === total) break;
    if (!isPaged) {
      if (total !== null) throw invalid(`${cameOf}, and its route has no {page}`);
      break;
    }
    if (rows.length === 0) {
      if (total !== null) throw invalid(`page ${page} is empty, but ${cameOf}`);
      break;
    }
    if (came === before) {
      if (total !== null || !repeatEnds) throw invalid(`page ${page} brings only rows that came before`);
      break;
    }
    if (page === MOST_PAGES - 1) throw invalid(`it has more than ${MOST_PAGES} pages`);
  }
  return [...found.values()];
}

export function invalid(why: string): McError {
  return new McError('SITE_ANSWER_INVALID', `The site's list cannot be used: ${why}. Nothing was changed by it. Where the portal's list differs from what is assumed, set "routes" of the site.`);
}

function requestOf(route: ListRoute, values: Readonly<Record<string, string>>): HttpRequest {
  const body = filledBody(route.body, values);
  return { method: route.method, path: filledPath(route.path, values), ...(body === undefined ? {} : { body }) };
}

function rowsOf(body: JsonObject, route: ListRoute, page: number): Row[] {
  const rows = at(body, route.rows);
  // Some servers leave an empty list out altogether; only a total of 0 makes that believable.
  if ((rows === undefined || rows === null) && page === 0 && totalOf(body, route, page) === 0) return [];
  if (!Array.isArray(rows)) throw invalid(`page ${page} has no rows at ${route.rows}`);
  return rows.map((fields: unknown, index) => {
    const where = `row ${index + 1} of page ${page}`;
    if (!isObject(fields)) throw invalid(`${where} is no object`);
    return { fields, where };
  });
}

function totalOf(body: JsonObject, route: ListRoute, page: number): number | null {
  const total = at(body, route.total);
  if (total === undefined || total === null) return null;
  if ((typeof total !== 'number' && typeof total !== 'string') || !/^\d{1,9}$/.test(String(total))) throw invalid(`page ${page} has no number at ${route.total}`);
  return Number(total);
}
