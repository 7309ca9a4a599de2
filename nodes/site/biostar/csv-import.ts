import { setTimeout as pause } from 'node:timers/promises';
import { isMcError, McError } from '../../credential/mc-error';
import type { BiostarApi } from './biostar-api';
import { isObject } from '../json-answer';
import { countOf, type Envelope, textOf } from './envelope';
import type { Users } from './users';

/** A file as BioStar imports it: header line first. */
export interface CsvFile {
  text: string;
  /** Names in the file, in order. */
  headers: readonly string[];
  /** BioStar's column for each header; '' leaves it aside. */
  columns: readonly string[];
  /** The user IDs of its rows, in order. */
  userIds: readonly string[];
}

export interface CsvOutcome {
  /** `following`: the server did not say how it ended, and its users were watched instead. */
  outcome: 'imported' | 'partly' | 'failed' | 'followed';
  rows: number;
  /** Line numbers in the file, counted from 1 with its header; null where the server does not name them. */
  failedLines: number[] | null;
  /** The rows that failed, as the server gives them back; '' where there are none. */
  failedCsv: string;
  /** After `followed`: users that are still not there. */
  missing: string[];
}

export interface Following {
  /** Between two looks at the users. */
  everyMs: number;
  /** The server counts as done when nothing has changed for so long. */
  quietMs: number;
  onProgress: (done: number, total: number) => void;
  /** Ends the watching. */
  signal?: AbortSignal;
  /** The server goes on and does not say how far: it is followed from here on. */
  onFollowing?: () => void;
}

const START_LINE = 2;
/** So long a server that imports may be out of reach. */
const LONGEST_BLIND_MS = 10 * 60_000;

/**
 * Imports users through BioStar's own CSV endpoint (suprema-api A3.1): the file goes up, the server works, and what it
 * answers is followed to its end. Never sent twice: after "timed out" (code 4) the server goes on.
 */
export async function importCsv(api: BiostarApi, users: Users, file: CsvFile, conflict: 'preserve' | 'overwrite', following: Following): Promise<CsvOutcome> {
  const rows = file.userIds.length;
  const before = await fingerprints(users);
  const uri = await upload(api, file.text);
  let answer: Envelope;
  try {
    answer = await api.write('POST', '/api/users/csv_import', {
      File: { fileName: uri, uri },
      CsvOption: { start_line: START_LINE, import_option: conflict === 'preserve' ? 1 : 2 },
      Query: { headers: file.headers.filter((_name, index) => file.columns[index] !== ''), columns: file.columns.filter((name) => name !== '') },
    }, 'import');
  } catch (error) {
    // Its answer is lost, not the import: it is followed as one that takes long.
    if (!isMcError(error, 'OUTCOME_UNKNOWN')) throw error;
    return follow(users, file, before, following);
  }
  if (answer.code === '4') return follow(users, file, before, following);
  following.onProgress(rows, rows);
  const failed = failedLines(answer);
  const failedCsv = answer.code === '0' ? '' : await failedRows(api, answer);
  if (answer.code === '8') return { outcome: 'failed', rows, failedLines: failed, failedCsv, missing: [] };
  return { outcome: answer.code === '0' ? 'imported' : 'partly', rows, failedLines: answer.code === '0' ? [] : failed, failedCsv, missing: [] };
}

/** What `mc-user` exports: everybody, or these users. Text of the file. */
export async function exportCsv(api: BiostarApi, userIds: readonly string[] | null, columns: readonly string[]): Promise<string> {
  const ids = userIds === null ? '*' : userIds.map(encodeURIComponent).join('+');
  const { body } = await api.ask(`/api/users/csv_export?id=${ids}`, { Query: { offset: 0, group_by: 1, columns: [...columns], headers: [...columns] } });
  const uri = uriIn(body['File']);
  if (uri === null) throw new McError('SITE_ANSWER_INVALID', 'BioStar exported users and does not say into which file.');
  return download(api, uri);
}

/** The name under which the server has the file. A name of our own each time: the same one would be overwritten. */
async function upload(api: BiostarApi, text: string): Promise<string> {
  const name = `portal-to-door-${Date.now()}-${Math.random().toString(36).slice(2, 8)}.csv`;
  const boundary = `----${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`;
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/csv; charset=utf-8\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), Buffer.from(text, 'utf8'), Buffer.from(`\r\n--${boundary}--\r\n`)]);
  const answer = await api.write('POST', '/api/attachments', body, 'upload', { 'Content-Type': `multipart/form-data; boundary=${boundary}` });
  return textOf(answer.body['filename']) ?? uriIn(answer.body['File']) ?? name;
}

function uriIn(file: unknown): string | null {
  return isObject(file) ? textOf(file['uri']) : null;
}

async function download(api: BiostarApi, uri: string): Promise<string> {
  return (await api.read(`/download/${uri.split('/').map(encodeURIComponent).join('/')}`, 'file')).text;
}

async function failedRows(api: BiostarApi, { body }: Envelope): Promise<string> {
  const uri = uriIn(body['File']);
  if (uri === null) return '';
  return download(api, uri).catch((error: unknown) => {
    // What went wrong is known by line all the same.
    if (!isMcError(error)) throw error;
    return '';
  });
}

function failedLines({ body }: Envelope): number[] | null {
  const collection = body['CsvRowCollection'];
  const rows = isObject(collection) ? collection['rows'] : null;
  if (!Array.isArray(rows)) return null;
  return (rows as unknown[]).flatMap((row) => {
    const line = countOf(isObject(row) ? row['row'] ?? row['line'] ?? row['id'] : row);
    return line === null ? [] : [line];
  });
}

/** No call asks how a task goes: its users tell (suprema-api E, "left open"). */
async function follow(users: Users, { userIds }: CsvFile, before: ReadonlyMap<string, string>, { everyMs, quietMs, onProgress, onFollowing, signal }: Following): Promise<CsvOutcome> {
  onFollowing?.();
  const wanted = new Set(userIds);
  let last = '';
  let changedAt = performance.now();
  let seenAt = changedAt;
  for (;;) {
    const now = await fingerprints(users).catch((error: unknown) => {
      if (isMcError(error, 'SITE_UNREACHABLE', 'RATE_LIMITED', 'SITE_ANSWER_INVALID')) return null;
      throw error;
    });
    if (now === null && performance.now() - seenAt > LONGEST_BLIND_MS) throw notFollowed();
    if (now !== null) {
      seenAt = performance.now();
      const there = [...wanted].filter((userId) => now.has(userId));
      const touched = [...wanted].filter((userId) => now.has(userId) && now.get(userId) !== before.get(userId));
      onProgress(touched.length, wanted.size);
      const state = JSON.stringify(touched.map((userId) => [userId, now.get(userId)]));
      if (state !== last) {
        last = state;
        changedAt = performance.now();
      }
      if (touched.length === wanted.size || performance.now() - changedAt > quietMs) {
        return { outcome: 'followed', rows: userIds.length, failedLines: null, failedCsv: '', missing: [...wanted].filter((userId) => !there.includes(userId)) };
      }
    }
    await pause(everyMs, undefined, { ref: false, ...(signal === undefined ? {} : { signal }) }).catch(() => { throw notFollowed(); });
  }
}

function notFollowed(): McError {
  return new McError('OUTCOME_UNKNOWN', 'BioStar was importing the file, and how that ended was not seen. Look its users up; the file is not sent again.');
}

/** What changes when a user is imported anew. */
async function fingerprints(users: Users): Promise<Map<string, string>> {
  const all = await users.all();
  return new Map(all.map((user) => [user.userId, JSON.stringify([user.name, user.email, user.phone, user.department, user.title, user.mobileCount, user.validFrom, user.validTo])]));
}
