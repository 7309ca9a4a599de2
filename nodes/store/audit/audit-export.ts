import type { AuditRow } from '../../credential/audit-event';
import { csvLine } from './csv-line';

export type ExportFormat = 'csv' | 'jsonl';

const COLUMNS = ['seq', 'at', 'kind', 'userId', 'cardId', 'door', 'outcome', 'by', 'detail'] as const satisfies readonly (keyof AuditRow)[];

/** CSV with a header row and `detail` as JSON, or one JSON object a line. */
export function exported(rows: readonly AuditRow[], format: ExportFormat): string {
  if (format === 'jsonl') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const lines = rows.map((row) => COLUMNS.map((column) => (column === 'detail' ? JSON.stringify(row.detail) : String(row[column] ?? ''))));
  return [[...COLUMNS], ...lines].map(csvLine).join('');
}
