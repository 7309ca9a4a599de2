/** Texts of a list as one line, and back. */
export interface Line {
  of(list: readonly string[]): string;
  /** Undefined: the line is empty, and the field is left out. */
  list(line: string): string[] | undefined;
}

/** Intervals or times of day; the word stands for none at all. */
export function hoursLine(off: string | null): Line {
  const isOff = (line: string): boolean => off !== null && ['-', '–', off.toLowerCase()].includes(line.toLowerCase());
  return {
    of: (list) => (list.length === 0 && off !== null ? off : list.join(', ')),
    list: (line) => {
      const text = line.trim();
      if (text === '') return undefined;
      return isOff(text) ? [] : cut(text.replace(/\s*[-–]\s*/g, '-'), /[,;\s]+/);
    },
  };
}

/** User IDs or card numbers. */
export const idsLine: Line = {
  of: (list) => list.join(', '),
  list: (line) => (line.trim() === '' ? undefined : cut(line, /[,;]+/)),
};

function cut(text: string, at: RegExp): string[] {
  return text.split(at).map((one) => one.trim()).filter((one) => one !== '');
}

/** True where the line can hold the list and give it back. */
export function fits(line: Line, value: unknown): value is string[] | undefined {
  if (value === undefined) return true;
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) return false;
  const back = line.list(line.of(value));
  return back !== undefined && JSON.stringify(back) === JSON.stringify(value);
}
