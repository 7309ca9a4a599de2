import type { BioStar } from './biostar';
import type { Code } from './codes';
import type { Fields } from './wire';

export interface Asked {
  /** What stood in place of `:name` in the path. */
  parameters: Record<string, string>;
  query: URLSearchParams;
  body: Fields;
  raw: Buffer;
  contentType: string;
  /** Empty on routes without a session. */
  session: string;
}

export interface Answer {
  body?: Fields;
  /** Of the envelope; 0 where it is left out. */
  code?: Code;
  message?: string;
  /** HTTP status; 200 where it is left out. */
  status?: number;
  /** More fields of `Response`, as `task_id`. */
  more?: Fields;
  headers?: Record<string, string>;
  /** True: `{ code }` without `Response` around it (suprema-api E29). */
  bare?: true;
}

export interface Route {
  method: string;
  path: string;
  /**
   * How it writes: `v1` with scalars as text; `v2` with real values and `by: "web"`; `short` as v2, but with the code
   * alone in `Response` (suprema-api E30).
   */
  style: 'v1' | 'v2' | 'short';
  /** True where no session is needed. */
  public?: true;
  /** True where the body is no JSON. */
  raw?: true;
  /** Does the work; throws BioStarError. */
  handle(biostar: BioStar, asked: Asked): Answer;
}

/** A collection of a v1 route. What an empty one looks like differs from list to list (suprema-api A1). */
export function v1Rows(biostar: BioStar, rows: readonly unknown[], empty: 'text' | 'absent'): Fields {
  if (rows.length === 0) return empty === 'text' ? { rows: '' } : {};
  return { rows: rows.length === 1 && biostar.settings.quirks.oneRowAsObject ? rows[0] : rows };
}
