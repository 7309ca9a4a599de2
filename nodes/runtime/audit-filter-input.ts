import { McError } from '../credential/mc-error';
import type { AuditFilter } from '../store/audit/audit-filter';

const TEXTS = ['userId', 'cardId', 'door', 'kind', 'outcome'] as const;
const TIMES = ['from', 'to'] as const;
const MOST_ROWS = 100_000;

/**
 * What a message asks the audit trail for: `{ userId?, cardId?, door?, kind?, outcome?, from?, to?, limit? }`, all of them
 * text but `limit`; times as ISO 8601, bare dates in UTC with `to` including its day. Anything but an object (an
 * inject node's timestamp) asks for everything. INPUT_INVALID names the field that is not understood.
 */
export function auditFilterInput(payload: unknown): AuditFilter {
  if (typeof payload !== 'object' || payload === null) return {};
  const fields = payload as Record<string, unknown>;
  const filter: Record<string, unknown> = {};
  for (const name of TEXTS) {
    const value = fields[name];
    if (value === undefined || value === null || value === '') continue;
    if (typeof value !== 'string') throw new McError('INPUT_INVALID', `"${name}" must be text.`);
    filter[name] = value;
  }
  for (const name of TIMES) if (fields[name] !== undefined && fields[name] !== null && fields[name] !== '') filter[name] = timeOf(name, fields[name]);
  const { limit } = fields;
  if (limit !== undefined && limit !== null) {
    if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > MOST_ROWS) {
      throw new McError('INPUT_INVALID', `"limit" must be a whole number from 1 to ${MOST_ROWS}.`);
    }
    filter['limit'] = limit;
  }
  return filter;
}

function timeOf(name: string, value: unknown): string {
  const day = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value);
  const ms = typeof value === 'string' ? Date.parse(day && name === 'to' ? `${value}T23:59:59.999Z` : value) : NaN;
  if (Number.isNaN(ms)) throw new McError('INPUT_INVALID', `"${name}" must be a time such as "2026-03-01T08:00:00Z".`);
  return new Date(ms).toISOString();
}
