import type { Cell, ImportOutcome } from './import-row';

const FAILED: readonly ImportOutcome[] = ['failed', 'unknown', 'invalid', 'conflict'];
const FORMULA = /^[=+\-@\t\r]/;

/** True for a row that a person will want to mend, or import again as it is. */
export function cameToNothing({ outcome, code }: { outcome?: ImportOutcome | undefined; code?: string | undefined }): boolean {
  return outcome !== undefined && (FAILED.includes(outcome) || (outcome === 'skipped' && code !== undefined));
}

/**
 * Rows as a CSV file (RFC 4180) with their own columns and an `error`, which an import leaves aside. What a spreadsheet
 * would take for a formula gets an apostrophe, which an import takes off again.
 */
export function failedCsv(headers: readonly string[], rows: readonly { cells: readonly Cell[]; error: string }[]): string {
  if (rows.length === 0) return '';
  const at = headers.indexOf('error');
  const lines = rows.map(({ cells, error }) => (at < 0 ? [...cells, error] : cells.map((cell, index) => (index === at ? error : cell))));
  return [at < 0 ? [...headers, 'error'] : headers, ...lines].map((line) => `${line.map(cellText).join(',')}\r\n`).join('');
}

function cellText(cell: Cell): string {
  const text = textOf(cell);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function textOf(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (Array.isArray(cell)) return cell.map(String).join('|');
  return typeof cell === 'string' ? cell : JSON.stringify(cell);
}
