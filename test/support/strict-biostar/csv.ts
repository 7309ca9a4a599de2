/** CSV text, as the import reads and the export writes it (comma, double quotes), and the one part of an upload. */

/** Lines of cells. A quoted cell may hold commas, quotes (doubled) and line ends. */
export function csvLines(source: string): string[][] {
  const lines: string[][] = [];
  let [line, cell, quoted] = [[] as string[], '', false];
  const text = source.replace(/^\uFEFF/, '');
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (quoted) {
      if (sign === '"' && text[at + 1] === '"') { cell += '"'; at += 1; } else if (sign === '"') quoted = false;
      else cell += sign;
    } else if (sign === '"') quoted = true;
    else if (sign === ',') { line.push(cell); cell = ''; } else if (sign === '\n') {
      line.push(cell);
      lines.push(line);
      [line, cell] = [[], ''];
    } else if (sign !== '\r') cell += sign;
  }
  if (cell !== '' || line.length > 0) lines.push([...line, cell]);
  return lines;
}

export function csvText(lines: string[][]): string {
  return lines.map((line) => line.map((cell) => /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell).join(',') + '\r\n').join('');
}

/** Name and content of the part `file` of a `multipart/form-data` body; null when it has none. */
export function uploaded(contentType: string, raw: Buffer): { name: string; content: Buffer } | null {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) return null;
  const edge = Buffer.from(`--${boundary}`);
  let at = raw.indexOf(edge);
  while (at >= 0) {
    const next = raw.indexOf(edge, at + edge.length);
    if (next < 0) return null;
    const part = raw.subarray(at + edge.length + 2, next - 2);
    const split = part.indexOf('\r\n\r\n');
    const head = part.subarray(0, Math.max(split, 0)).toString();
    const name = /filename="([^"]*)"/.exec(head)?.[1];
    if (split >= 0 && name !== undefined && /\bname="file"/.test(head)) return { name, content: part.subarray(split + 4) };
    at = next;
  }
  return null;
}
