import { isoTime } from '../clock';
import { McError } from '../mc-error';
import { isDay, momentInZone } from '../site-time';
import type { ImportField } from './import-columns';
import type { Cell } from './import-row';

/** What a spreadsheet makes of a long number. */
const SCIENTIFIC = /^\d+([.,]\d+)?E[+-]?\d+$/i;
/** What our own files put before a sign that a spreadsheet would take for a formula. */
const GUARDED = /^'[=+\-@\t\r]/;
const TIME = /^(\d{4})[-/](\d{2})[-/](\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?$/;
const LONGEST_CELL = 10_000;

/**
 * The input of an issue that a row's cells make, under its own names; empty cells are left out.
 * @param timeZone the site's
 */
export function rowInput(cells: readonly Cell[], fields: readonly (ImportField | null)[], timeZone: string): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  fields.forEach((field, index) => {
    const value = field === null ? undefined : plain(cells[index]);
    if (field === null || value === undefined || value === null || value === '') return;
    if (typeof value === 'string' && value.length > LONGEST_CELL) throw new McError('INPUT_INVALID', `"${field}" is too long.`);
    if (field === 'cardId') input[field] = cardNumber(value);
    else if (field === 'validFrom' || field === 'validTo') input[field] = time(field, value, timeZone);
    else if (field === 'doors') input[field] = doors(value);
    else input[field] = value;
  });
  return input;
}

function plain(value: Cell): unknown {
  if (typeof value !== 'string') return value;
  return (GUARDED.test(value) ? value.slice(1) : value).trim();
}

function cardNumber(value: unknown): unknown {
  if (typeof value === 'string' && SCIENTIFIC.test(value)) {
    throw new McError('CARD_ID_INVALID', 'A spreadsheet has turned the card number into scientific notation and lost digits. Format the column as text and export it again.');
  }
  return value;
}

/** BioStar writes times without a zone: as bare dates, they are read in the site's. Whether 03/04 is a day of March is anybody's guess. */
function time(field: string, value: unknown, timeZone: string): unknown {
  if (typeof value !== 'string') return value;
  const found = TIME.exec(value);
  if (found !== null) {
    const [, year, month, day, hour, minute, second] = found;
    const date = `${year}-${month}-${day}`;
    if (hour === undefined || !isDay(date) || Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) return date;
    return isoTime(momentInZone(`${date}T${hour}:${minute}:${second ?? '00'}`, timeZone));
  }
  if (/^\d{4}-\d{2}-\d{2}T/.test(value)) return value;
  throw new McError('INPUT_INVALID', `"${field}" must be a date such as 2026-03-31, with or without a time.`);
}

function doors(value: unknown): unknown {
  if (typeof value !== 'string' || value === '*') return value;
  return value.split('|').map((name) => name.trim()).filter((name) => name !== '');
}
