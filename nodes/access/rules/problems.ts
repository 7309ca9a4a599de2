import { McError } from '../../credential/mc-error';

/** More than anybody reads; a garbled file has a problem in every line. */
const MOST_SHOWN = 100;
/** What goes into a message of a value that is wrong. */
const LONGEST_VALUE = 60;

/** Everything that is wrong with a set of rules, each by the name of its field. */
export class Problems {
  readonly found: string[] = [];
  private more = 0;

  add(path: string, what: string): void {
    const problem = `${path === '' ? 'rules' : path}: ${what}`;
    // The hours of "weekdays" are those of five days.
    if (this.found.includes(problem)) return;
    if (this.found.length < MOST_SHOWN) this.found.push(problem);
    else this.more += 1;
  }

  /** CONFIG_INVALID with all of them. */
  raise(): void {
    if (this.found.length === 0) return;
    const more = this.more > 0 ? ` and ${this.more} more` : '';
    throw new McError('CONFIG_INVALID', `The rules are refused as a whole: ${this.found.join('; ')}${more}.`);
  }

  /** The fields of an object, unknown ones noted; null where it is no object. */
  fields(value: unknown, path: string, known: readonly string[] | null): Readonly<Record<string, unknown>> | null {
    if (value === undefined) return {};
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.add(path, 'must be an object');
      return null;
    }
    const fields = value as Record<string, unknown>;
    for (const name of Object.keys(fields)) {
      if (known !== null && !known.includes(name)) this.add(join(path, name), `is not known; there are ${known.join(', ')}`);
    }
    return fields;
  }

  /** The entries of a list; empty where it is none. */
  list(value: unknown, path: string, what: string): readonly unknown[] {
    if (value === undefined) return [];
    if (Array.isArray(value)) return value as unknown[];
    this.add(path, `must be a list of ${what}`);
    return [];
  }

  texts(value: unknown, path: string): string[] {
    if (value === undefined) return [];
    // Spread, so that a hole is something that is no text.
    if (Array.isArray(value) && [...value as unknown[]].every((one) => typeof one === 'string' && one.trim() !== '')) return (value as string[]).map((one) => one.trim());
    this.add(path, 'must be a list of texts');
    return [];
  }

  choice<T extends string>(value: unknown, path: string, choices: readonly [T, ...T[]]): T {
    if (value === undefined) return choices[0];
    const found = choices.find((one) => one === value);
    if (found !== undefined) return found;
    this.add(path, `must be one of ${choices.join(', ')}`);
    return choices[0];
  }

  flag(value: unknown, path: string, fallback = false): boolean {
    if (value === undefined || typeof value === 'boolean') return value ?? fallback;
    this.add(path, 'must be true or false');
    return fallback;
  }

  /** A whole number within a range; the fallback where it is left out. */
  number<F>(value: unknown, path: string, { min, max, fallback }: { min: number; max: number; fallback: F }): number | F {
    if (value === undefined) return fallback;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    this.add(path, `must be a whole number from ${min} to ${max}`);
    return fallback;
  }
}

export function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** A value as a message shows it. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : plain(value);
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}…`;
}

function plain(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined) return String(value);
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}
