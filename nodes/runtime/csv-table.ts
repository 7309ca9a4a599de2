import { parse } from 'csv-parse';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ImportTable } from '../credential/import/import-plan';
import { McError } from '../credential/mc-error';

const MOST_BYTES = 64 * 1024 * 1024;
/** Text that is parsed between two turns of the event loop: some 5 ms. */
const PIECE_CHARACTERS = 32 * 1024;
const LONGEST_ROW = 100_000;

/**
 * The table in a CSV file: UTF-8 with or without a byte order mark, separated by `,` or `;` as its first line shows,
 * fields quoted as in RFC 4180. ROW_LIMIT for a file that is too long, INPUT_INVALID for one that is no such file.
 */
export async function csvTable(input: string | Buffer, maxRows: number): Promise<ImportTable> {
  if (input.length > MOST_BYTES) throw new McError('ROW_LIMIT', `The file is larger than ${MOST_BYTES / 1024 / 1024} MB. Import it in parts.`);
  const text = await decoded(input);
  if (text.includes('\0')) throw noText();
  const records: string[][] = [];
  const parser = parse({ bom: true, delimiter: delimiterOf(text), relax_column_count: true, skip_empty_lines: true, max_record_size: LONGEST_ROW, cast: false });
  parser.on('data', (record: string[]) => {
    if (records.length <= maxRows + 1) records.push(record);
  });
  const ended = new Promise<void>((resolve, reject) => { parser.once('end', resolve).once('error', reject); });
  // Told below, at the next piece or at the end.
  ended.catch(() => undefined);
  const tooMany = (): boolean => records.length > maxRows + 1;
  for (let from = 0; from < text.length && !parser.destroyed && !tooMany(); from += PIECE_CHARACTERS) {
    parser.write(text.slice(from, from + PIECE_CHARACTERS));
    await nextTurn();
  }
  if (tooMany()) parser.destroy();
  else {
    parser.end();
    await ended.catch((error: unknown) => {
      const { lines } = error as { lines?: number };
      throw new McError('INPUT_INVALID', `The file is no CSV${lines === undefined ? '' : ` from about line ${lines} on`}: look for a quotation mark that is too many or missing there.`);
    });
  }
  if (tooMany()) throw new McError('ROW_LIMIT', `The file has more than ${maxRows} rows. Import it in parts, or raise "maxRows".`);
  const [headers, ...rows] = records;
  if (headers === undefined) throw new McError('INPUT_INVALID', 'The file is empty. Its first line names the columns.');
  return { headers, rows };
}

async function decoded(input: string | Buffer): Promise<string> {
  if (typeof input === 'string') return input;
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const parts: string[] = [];
  try {
    for (let from = 0; from < input.length; from += 1024 * 1024) {
      parts.push(decoder.decode(input.subarray(from, from + 1024 * 1024), { stream: true }));
      await nextTurn();
    }
    parts.push(decoder.decode());
  } catch {
    throw noText();
  }
  return parts.join('');
}

/** The sign that separates the names of the columns, outside of quotes. */
function delimiterOf(text: string): string {
  const [line = ''] = text.slice(0, LONGEST_ROW).replace(/"(?:[^"]|"")*"/g, '').split(/\r?\n/, 1);
  const count = (sign: string): number => line.split(sign).length;
  return count(';') > count(',') ? ';' : ',';
}

function noText(): McError {
  return new McError('INPUT_INVALID', 'The file is not text in UTF-8. In a spreadsheet, save it as "CSV UTF-8".');
}
