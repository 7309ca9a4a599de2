/** A line of a CSV file with where it stands, counted from 1, and as it was written. */
export interface CsvLine {
  line: number;
  text: string;
  cells: string[];
}

/** Reads CSV (RFC 4180, UTF-8, with or without a mark at the start). Empty lines are left out, but counted. */
export function readCsv(text: string): CsvLine[] {
  const lines: CsvLine[] = [];
  let [line, start, quoted] = [1, text.startsWith('\uFEFF') ? 1 : 0, false];
  const end = (to: number): void => {
    const whole = text.slice(start, to).replace(/\r$/, '');
    if (whole !== '') lines.push({ line, text: whole, cells: cellsOf(whole) });
    line += 1;
    start = to + 1;
  };
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '"') quoted = !quoted;
    else if (text[at] === '\n' && !quoted) end(at);
  }
  if (start < text.length) end(text.length);
  return lines;
}

export function writeCsv(rows: readonly (readonly string[])[]): string {
  return `\uFEFF${rows.map((row) => row.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')).join('\r\n')}\r\n`;
}

function cellsOf(line: string): string[] {
  const cells = line.match(/("(?:[^"]|"")*"|[^,]*)(,|$)/g) ?? [];
  // The last match is the empty one at the end, unless a comma stands there.
  const own = line.endsWith(',') ? cells : cells.slice(0, cells.at(-1) === '' && cells.length > 1 ? -1 : undefined);
  return own.map((cell) => {
    const plain = cell.replace(/,$/, '').trim();
    return plain.startsWith('"') ? plain.slice(1, -1).replaceAll('""', '"') : plain;
  });
}
