import type { ErrorCode } from '../mc-error';

export const IMPORT_ACTIONS = ['create', 'unchanged', 'update', 'reissue', 'skip', 'conflict', 'invalid'] as const;
export type ImportAction = (typeof IMPORT_ACTIONS)[number];

export type ImportOutcome =
  | 'created' | 'unchanged' | 'updated' | 'reissued' | 'skipped' | 'conflict' | 'invalid' | 'failed' | 'unknown';

/** Rows by action. */
export type ImportTotals = Record<ImportAction, number> & { rows: number };

/** A cell as it came: text from a file, whatever a row object had. */
export type Cell = unknown;

/** What is to become of a row. */
export interface PlannedRow {
  /** Counted from 1, without the line of names. */
  row: number;
  userId: string | null;
  action: ImportAction;
  /** Why it is not simply issued: an error code or a word. */
  reason: string | null;
  /** The same in words. */
  message?: string;
  /** Credits that it takes. */
  credits: 0 | 1;
}

/** A planned row as it is kept, with its cells and the state of the store that it was planned on. */
export interface StoredRow extends PlannedRow {
  cells: Cell[];
  /** What of the store it rests on: another one makes the plan stale. */
  rests: string;
}

/** A row of the answer: of a plan, or with `outcome` of a commit. `credits` is then what it really took. */
export interface ReportRow extends Omit<PlannedRow, 'credits'> {
  credits: number | null;
  outcome?: ImportOutcome;
  cardId?: string;
  code?: ErrorCode;
}

export function emptyTotals(): ImportTotals {
  return { rows: 0, create: 0, unchanged: 0, update: 0, reissue: 0, skip: 0, conflict: 0, invalid: 0 };
}
