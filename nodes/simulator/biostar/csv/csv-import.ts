import type { BioStar } from '../biostar';
import { BioStarError } from '../biostar-error';
import type { Answer, Asked } from '../route';
import { type Fields, numberOf, objectOf, textOf, textsOf } from '../wire';
import { type CsvLine, readCsv } from './csv-text';
import { importRow, type ImportOption } from './import-row';

/**
 * `POST /api/users/csv_import` of a file that was uploaded. 0 all; 1 some, with the line numbers and the file of those
 * that failed; 8 all failed, on HTTP 404; 4 with `task_id` where there are more rows than the server takes in the time
 * of a request: the import goes on (suprema-api A3.1). Throws 107, 30 and 112.
 */
export function importCsv(biostar: BioStar, { body }: Asked): Answer {
  const { downloads, settings, task } = biostar;
  if (task.running) throw new BioStarError(112);
  const file = objectOf(body['File']);
  const content = downloads.get(textOf(file['uri']) || textOf(file['fileName']));
  if (content === undefined) throw new BioStarError(107);
  const { start, option } = optionsOf(objectOf(body['CsvOption']));
  const lines = readCsv(content.toString('utf8'));
  const pick = columnPicker(objectOf(body['Query']), lines[0], start);
  const rows = lines.filter(({ line }) => line >= start);
  const failed: CsvLine[] = [];
  const work = takeIn(biostar, rows, pick, option, failed);
  if (rows.length > settings.csvTaskLimit) return { code: 4, more: { task_id: task.start(work, settings.csvTaskRowMs) } };
  while (work.next().done !== true) { /* a row at a time */ }
  if (failed.length === 0) return {};
  const uri = `failed_${textOf(file['fileName']) || 'users.csv'}`;
  downloads.put(uri, failedFile(start > 1 ? lines[0] : undefined, failed));
  const answer = { File: { uri }, CsvRowCollection: { total: failed.length, rows: failed.map(({ line }) => line) } };
  return failed.length === rows.length ? { code: 8, status: 404, body: answer } : { code: 1, body: answer };
}

function* takeIn(biostar: BioStar, rows: readonly CsvLine[], pick: (line: CsvLine) => Record<string, string>, option: ImportOption, failed: CsvLine[]): Generator<void> {
  for (const row of rows) {
    try {
      importRow(biostar, pick(row), option);
    } catch (error) {
      if (!(error instanceof BioStarError)) throw error;
      failed.push(row);
    }
    yield;
  }
}

function optionsOf(fields: Fields): { start: number; option: ImportOption } {
  const start = numberOf(fields['start_line']) ?? 1;
  const option = numberOf(fields['import_option']);
  if (!Number.isInteger(start) || start < 1 || (option !== 1 && option !== 2)) throw new BioStarError(30);
  return { start, option };
}

/**
 * `headers[i]` names the column of the file that feeds `columns[i]`; an empty one feeds nothing. Where the file has no
 * such heading, the place in the list counts.
 */
function columnPicker(query: Fields, heading: CsvLine | undefined, start: number): (line: CsvLine) => Record<string, string> {
  const [headers, columns] = [textsOf(query['headers']), textsOf(query['columns'])];
  if (columns.length === 0 || headers.length !== columns.length || !columns.includes('user_id')) throw new BioStarError(30);
  const titles = start > 1 ? heading?.cells ?? [] : [];
  const places = columns.flatMap((column, index) => {
    const header = headers[index] ?? '';
    return header === '' ? [] : [{ column, place: titles.includes(header) ? titles.indexOf(header) : index }];
  });
  return ({ cells }) => Object.fromEntries(places.flatMap(({ column, place }) => {
    const cell = cells[place] ?? '';
    return cell === '' ? [] : [[column, cell]];
  }));
}

function failedFile(heading: CsvLine | undefined, failed: readonly CsvLine[]): Buffer {
  return Buffer.from(`\uFEFF${[...heading === undefined ? [] : [heading], ...failed].map(({ text }) => text).join('\r\n')}\r\n`);
}
