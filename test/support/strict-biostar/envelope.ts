/** The envelope of an answer and its quirks (suprema-api A1, A1.1, E3, E29, E30). */
import type { Json, Reply } from './wire';
import { messageOf } from './codes';

/**
 * `vendor`: as in the vendor's samples, v1 sends scalars as strings, v2 real ones; `strings`: every scalar a string;
 * `numbers`: real numbers and booleans everywhere.
 */
export type Scalars = 'vendor' | 'strings' | 'numbers';

/** `array`: always an array; `single`: one row is an object, none is absent; `quirks`: one is an object, none is "". */
export type Rows = 'array' | 'single' | 'quirks';

export interface Look {
  scalars: Scalars;
  rows: Rows;
  bareErrors: boolean;
}

const LINK = 'https://support.supremainc.com/en/support/home';
/** Lists that have the quirks of `rows`; for a user's `cards` the vendor leaves open how an empty one looks. */
const EMPTY_QUIRK = new Set(['cards', 'access_groups']);

/** A value as it goes on the wire. `strings`: numbers and booleans become text. */
export function dressed(value: unknown, strings: boolean, rows: Rows): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return strings ? String(value) : value;
  if (Array.isArray(value)) return value.map((one) => dressed(one, strings, rows));
  if (typeof value !== 'object' || value === null) return value;
  const out: Json = {};
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined) continue;
    if (rows !== 'array' && Array.isArray(inner) && (key === 'rows' || EMPTY_QUIRK.has(key))) {
      if (inner.length === 0) {
        if (rows === 'quirks') out[key] = '';
        continue;
      }
      if (key === 'rows' && inner.length === 1 && typeof inner[0] === 'object') {
        out[key] = dressed(inner[0], strings, rows);
        continue;
      }
    }
    out[key] = dressed(inner, strings, rows);
  }
  return out;
}

/** Whether scalars of an answer on this path become strings. */
export function asStrings(path: string, scalars: Scalars): boolean {
  return scalars === 'strings' || (scalars === 'vendor' && !path.startsWith('/api/v2/'));
}

/** An answer as text, with its HTTP status. */
export function rendered(reply: Reply, path: string, look: Look, http: number): { http: number; text: string } {
  const failed = http >= 400;
  const code = look.scalars === 'numbers' && /^\d+$/.test(reply.code) ? Number(reply.code) : reply.code;
  const strings = asStrings(path, look.scalars) && !(reply.asIs === true && look.scalars === 'vendor');
  const body = dressed(reply.body ?? {}, strings, look.rows) as Json;
  const bare = reply.response === 'bare' || (failed && look.bareErrors);
  const short = reply.response === 'short' && !failed;
  const head: Json = short || (bare && !failed)
    ? { code }
    : {
      code, link: LINK, message: reply.message ?? messageOf(reply.code),
      ...(path.startsWith('/api/v2/') ? { by: 'web' } : {}),
      ...(reply.taskId === undefined ? {} : { task_id: reply.taskId }),
    };
  return { http, text: JSON.stringify(bare ? { ...body, ...head } : { ...body, Response: head }) };
}
