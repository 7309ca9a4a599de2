import { McError } from '../../credential/mc-error';

const MOST_SHOWN = 20;

/** Everything that is wrong with a set of rules, each by the name of its field. */
export class Problems {
  private readonly found: string[] = [];

  add(path: string, what: string): void {
    this.found.push(`${path === '' ? 'rules' : path}: ${what}`);
  }

  /** CONFIG_INVALID with all of them. */
  raise(): void {
    if (this.found.length === 0) return;
    const more = this.found.length > MOST_SHOWN ? ` and ${this.found.length - MOST_SHOWN} more` : '';
    throw new McError('CONFIG_INVALID', `The rules are refused as a whole: ${this.found.slice(0, MOST_SHOWN).join('; ')}${more}.`);
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

  texts(value: unknown, path: string): string[] {
    if (value === undefined) return [];
    if (Array.isArray(value) && value.every((one) => typeof one === 'string' && one.trim() !== '')) return (value as string[]).map((one) => one.trim());
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

  flag(value: unknown, path: string): boolean {
    if (value === undefined || typeof value === 'boolean') return value ?? false;
    this.add(path, 'must be true or false');
    return false;
  }
}

export function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
