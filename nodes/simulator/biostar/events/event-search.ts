import { BioStarError } from '../biostar-error';
import { type Fields, flagOf, numberOf, objectOf, textOf, textsOf } from '../wire';
import type { EventRow } from './event-book';

/** The vendor's numbers of operators (suprema-api A9). */
const OPERATORS = ['equal', 'not-equal', 'contains', 'between', 'like', 'greater', 'less'] as const;

/**
 * `Query { limit, offset, conditions[], orders[] }` of `POST /api/events/search`. All conditions must hold. Newest
 * first where no order is given. Throws 30 for an operator that does not exist.
 */
export function searchEvents(rows: readonly EventRow[], query: Fields): readonly EventRow[] {
  const conditions = listOf(query['conditions']);
  const found = rows.filter((row) => conditions.every((condition) => holds(row, condition)));
  const [order] = listOf(query['orders']);
  const column = textOf(order?.['column']) || 'id';
  // Ids grow with time: they keep the order of events of the same hundredth of a second.
  const descending = order === undefined || flagOf(order['descending']);
  found.sort((one, other) => compare(valuesOf(one, column)[0] ?? '', valuesOf(other, column)[0] ?? '', column) || one.id - other.id);
  if (descending) found.reverse();
  const [limit, offset] = [numberOf(query['limit']) ?? 0, numberOf(query['offset']) ?? 0];
  return found.slice(offset, limit <= 0 ? undefined : offset + limit);
}

function holds(row: EventRow, condition: Fields): boolean {
  const column = textOf(condition['column']);
  const wanted = textsOf(condition['values']);
  const has = valuesOf(row, column);
  const compared = (index: number): number[] => has.map((value) => compare(value, wanted[index] ?? '', column));
  switch (OPERATORS[numberOf(condition['operator']) ?? -1]) {
    case 'equal':
    case 'contains': return has.some((value) => wanted.some((other) => compare(value, other, column) === 0));
    case 'not-equal': return !has.some((value) => wanted.some((other) => compare(value, other, column) === 0));
    case 'between': return has.some((value) => compare(value, wanted[0] ?? '', column) >= 0 && compare(value, wanted[1] ?? '', column) <= 0);
    case 'like': return has.some((value) => wanted.some((other) => value.toLowerCase().includes(other.replaceAll('%', '').toLowerCase())));
    case 'greater': return compared(0).some((sign) => sign > 0);
    case 'less': return compared(0).some((sign) => sign < 0);
    default: throw new BioStarError(30);
  }
}

/** `door_id.id`, `device_id` (its id), `event_type_id.code` and so on; lists have several values. */
function valuesOf(row: EventRow, column: string): string[] {
  const [key = '', inner] = column.split('.');
  const value = row[key];
  return (Array.isArray(value) ? value : [value]).flatMap((one: unknown) => {
    const text = typeof one === 'object' ? textOf(objectOf(one)[inner ?? (key === 'event_type_id' ? 'code' : key === 'user_id' ? 'user_id' : 'id')]) : textOf(one);
    return text === '' ? [] : [text];
  });
}

function compare(one: string, other: string, column: string): number {
  if (column.endsWith('datetime')) return Math.sign(Date.parse(one) - Date.parse(other));
  const [first, second] = [Number(one), Number(other)];
  if (!Number.isNaN(first) && !Number.isNaN(second)) return Math.sign(first - second);
  return one < other ? -1 : one === other ? 0 : 1;
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}
