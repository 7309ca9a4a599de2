import type { BiostarServer } from './biostar-server';
import type { Fields } from './wire';

/** What a route is asked. */
export interface Asked {
  /** What stood in place of `:id` in the path. */
  id: string;
  query: URLSearchParams;
  body: Fields;
  raw: Buffer;
  session: string;
}

/** What a route answers beside `Response`. */
export interface Reply {
  body?: Fields;
  code?: number;
  http?: number;
  /** In place of JSON. */
  file?: string;
  session?: string;
  /** `{code, …}` without the `Response` wrapper (E29). */
  bare?: true;
  /** `Response` is the code alone (E30). */
  short?: true;
}

export type Handler = (server: BiostarServer, asked: Asked) => Reply;

/** By `METHOD /path`; `:id` is one part of a path. */
export type Routes = Readonly<Record<string, Handler>>;
