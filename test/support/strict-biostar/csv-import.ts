/** The CSV calls of users: columns, upload, import, export, download (suprema-api A3.1, C10, E13, E14). */
import { MOBILE, type Books, type User } from './books';
import { csvLines, csvText, uploaded } from './csv';
import { issued, took, type Line } from './csv-line';
import { idsIn, list, no, ok, record, text, type Call, type Reply, type Route } from './wire';

const COLUMNS = [
  'user_id', 'name', 'department', 'user_title', 'phone', 'email', 'user_group', 'start_datetime', 'expiry_datetime', 'csn', 'mobile_start_datetime',
  'mobile_expiry_datetime', 'csn_mobile', 'qr', '26 bit SIA Standard-H10301', 'HID 37 bit-H10302', 'HID 37 bit-H10304', 'HID Corporate 1000',
  'HID Corporate 1000 48bit', 'face_image_file1', 'face_image_file2', 'pin',
];
const PRESERVE = 1;

export interface CsvManners {
  /** 0: the answer waits for the end; else it is code 4 at once, and the import goes on for so many ms. */
  taskMs: number;
  allFailedHttp: number | null;
}

export class Csv {
  readonly files = new Map<string, string>();
  /** Imports that go on in the background now. */
  running = 0;
  private tasks = 0;
  private exports = 0;
  private stopped = false;
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(private readonly books: Books, private readonly manners: () => CsvManners) {}

  routes(): Route[] {
    return [
      ['GET', '/api/users/csv_option', () => ok({ CsvOption: { columns: COLUMNS } })],
      ['POST', '/api/attachments', ({ contentType, raw }) => {
        const file = uploaded(contentType, raw);
        if (file === null || !/\.(csv|tgz)$/.test(file.name)) return no(211);
        this.files.set(file.name, file.content.toString());
        return ok({ filename: file.name });
      }],
      ['POST', '/api/users/csv_import', (call) => this.import(call)],
      ['POST', '/api/users/csv_export', (call) => this.export(call)],
      ['GET', '/download/{file}', ({ params: [name = ''] }) => {
        const data = this.files.get(name);
        return data === undefined ? no(103, { http: 404 }) : { code: '0', response: 'none', file: { type: 'text/csv', data } };
      }],
    ];
  }

  start(): void {
    this.stopped = false;
    this.running = 0;
  }

  /** Background imports end here, in the middle of their work. */
  stop(): void {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
  }

  private async import({ body }: Call): Promise<Reply> {
    const name = text(record(body['File'])['uri']) || text(record(body['File'])['fileName']);
    const source = this.files.get(name);
    if (source === undefined) return no(211);
    const option = record(body['CsvOption']);
    const preserve = Number(text(option['import_option'])) === PRESERVE;
    const [headers, columns] = ['headers', 'columns'].map((key) => list(record(body['Query'])[key]).map(text));
    if (headers === undefined || columns === undefined || columns.length === 0 || !columns.includes('user_id')) return no(30);
    const first = Math.max(1, Number(text(option['start_line']) || 1));
    const lines = csvLines(source).map((cells, index): Line => {
      // Cell i of a line feeds the field columns[i]; an empty header takes the cell out (suprema-api A3.1).
      const fields = columns.flatMap((column, at): [string, string][] => (headers[at] ?? '') === '' || column === '' ? [] : [[column, cells[at] ?? '']]);
      return { at: index + 1, cells, fields: Object.fromEntries(fields) };
    }).slice(first - 1).filter(({ cells }) => cells.some((cell) => cell !== ''));
    const { taskMs, allFailedHttp } = this.manners();
    if (taskMs > 0) {
      this.tasks += 1;
      void this.background(lines, preserve, taskMs, name);
      return no(4, { taskId: String(this.tasks) });
    }
    const failed = lines.filter((line) => !took(line, preserve, this.books));
    const late = lines.filter((line) => !failed.includes(line) && !issued(line, this.books));
    return this.result(name, lines, [...failed, ...late], allFailedHttp ?? 404);
  }

  private async background(lines: Line[], preserve: boolean, ms: number, name: string): Promise<void> {
    this.running += 1;
    const failed: Line[] = [];
    for (const line of lines) {
      await this.wait(ms / Math.max(1, lines.length));
      if (this.stopped) return;
      if (!took(line, preserve, this.books)) failed.push(line);
    }
    // Credits are taken when the import finishes (suprema-api C2).
    for (const line of lines) if (!failed.includes(line) && !issued(line, this.books)) failed.push(line);
    this.result(name, lines, failed, 404);
    this.running -= 1;
  }

  private wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => { this.timers.delete(timer); resolve(); }, ms);
      this.timers.add(timer);
    });
  }

  private result(name: string, lines: Line[], failed: Line[], allFailedHttp: number): Reply {
    if (failed.length === 0) return ok();
    const uri = name.replace(/\.\w+$/, '_error.csv');
    failed.sort((a, b) => a.at - b.at);
    this.files.set(uri, csvText(failed.map(({ cells }) => cells)));
    const body = { CsvRowCollection: { total: failed.length, rows: failed.map(({ at }) => at) }, File: { uri } };
    return failed.length < lines.length ? no(1, { body }) : no(8, { body, http: allFailedHttp });
  }

  private export({ query, body }: Call): Reply {
    const ids = idsIn(query);
    const asked = record(body['Query']);
    const columns = list(asked['columns']).map(text);
    if (ids.length === 0 || columns.length === 0) return no(30);
    const users = [...this.books.users.values()].filter((user) => ids.includes('*') || ids.includes(user.user_id));
    const headers = list(asked['headers']).map(text);
    const lines = users.slice(Number(text(asked['offset']))).map((user) => columns.map((column) => this.cell(user, column)));
    this.exports += 1;
    const uri = `User_${this.exports}.csv`;
    this.files.set(uri, csvText([headers.length > 0 ? headers : columns, ...lines]));
    return ok({ File: { uri } });
  }

  private cell(user: User, column: string): string {
    const cards = this.books.cardsOf(user.user_id);
    const numbers = (mobile: boolean): string => cards.filter((card) => (card.type === MOBILE) === mobile).map(({ number }) => number).join(';');
    const values: Record<string, string> = {
      ...user as unknown as Record<string, string>, user_group: this.books.groups.get(user.group) ?? '', start_datetime: user.start, expiry_datetime: user.expiry,
      csn: numbers(false), csn_mobile: numbers(true), card_count: String(cards.length), mobile_count: String(cards.filter(({ type }) => type === MOBILE).length), pin: '',
    };
    return values[column] ?? '';
  }
}
