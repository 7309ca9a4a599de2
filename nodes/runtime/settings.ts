import { McError } from '../credential/mc-error';

/** The literal text that Node-RED hands over for a `${VAR}` without a value. */
const UNRESOLVED = /^\$\{([^}]+)\}$/;

/**
 * The properties of a node as the flow has them. Values out of environment variables arrive as text, so numbers,
 * booleans, arrays and JSON are parsed here; what cannot be read is a McError that names the property.
 */
export class Settings {
  constructor(private readonly raw: Readonly<Record<string, unknown>>) {}

  /** Every property, each `${VAR}` without a value refused: for settings that another folder reads by itself. */
  resolved(...names: string[]): Record<string, unknown> {
    return Object.fromEntries(names.map((name) => [name, this.value(name)]));
  }

  text(name: string, fallback = ''): string {
    const value = this.value(name);
    if (value === undefined || value === null) return fallback;
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') throw invalid(name, 'text');
    return String(value).trim() || fallback;
  }

  /** As `text`, with its blanks: they may belong to a password. */
  secret(name: string): string {
    const value = this.value(name);
    return typeof value === 'string' ? value : '';
  }

  /** As `text`, and empty is CONFIG_MISSING. */
  required(name: string): string {
    const text = this.text(name);
    if (text === '') throw new McError('CONFIG_MISSING', `Fill in "${name}": this node cannot work without it.`);
    return text;
  }

  number(name: string, fallback: number, range: { min?: number; max?: number; whole?: boolean } = {}): number {
    const value = this.optionalNumber(name, range);
    return value ?? fallback;
  }

  /** As `number`, and empty is CONFIG_MISSING: for what has no default that would not be a guess. */
  requiredNumber(name: string, range: { min?: number; max?: number } = {}): number {
    this.required(name);
    return this.number(name, NaN, range);
  }

  /** Null where the property is empty. */
  optionalNumber(name: string, range: { min?: number; max?: number; whole?: boolean } = {}): number | null {
    const text = this.text(name);
    if (text === '') return null;
    const value = Number(text);
    const { min = -Infinity, max = Infinity, whole = true } = range;
    if (!Number.isFinite(value) || (whole && !Number.isInteger(value)) || value < min || value > max) {
      throw invalid(name, `a ${whole ? 'whole ' : ''}number${rangeInWords(min, max)}`);
    }
    return value;
  }

  boolean(name: string, fallback: boolean): boolean {
    const text = this.text(name).toLowerCase();
    if (text === '') return fallback;
    if (['true', '1', 'yes', 'on'].includes(text)) return true;
    if (['false', '0', 'no', 'off'].includes(text)) return false;
    throw invalid(name, 'true or false');
  }

  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const text = this.text(name, fallback);
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw invalid(name, `one of ${choices.join(', ')}`);
    return found;
  }

  /** JSON as text, or the object or array itself; undefined where empty. */
  json(name: string): unknown {
    const value = this.value(name);
    if (typeof value !== 'string') return value ?? undefined;
    if (value.trim() === '') return undefined;
    try {
      return JSON.parse(value) as unknown;
    } catch (cause) {
      throw new McError('CONFIG_INVALID', `"${name}" is not valid JSON: ${(cause as Error).message}.`, { cause });
    }
  }

  /** An array of texts, or JSON of one. */
  list(name: string): string[] {
    const value = this.value(name);
    if (value === undefined || value === null || value === '') return [];
    const items = this.json(name);
    if (!Array.isArray(items) || !items.every((item) => typeof item === 'string')) throw invalid(name, 'a list of texts');
    return items.map((item) => resolvedText(name, item).trim()).filter((item) => item !== '');
  }

  private value(name: string): unknown {
    const value = this.raw[name];
    return typeof value === 'string' ? resolvedText(name, value) : value;
  }
}

function resolvedText(name: string, text: string): string {
  const variable = UNRESOLVED.exec(text.trim())?.[1];
  if (variable !== undefined) {
    throw new McError(
      'CONFIG_UNRESOLVED',
      `The environment variable ${variable} has no value; "${name}" of this node needs it. Set it and restart.`,
    );
  }
  return text;
}

/** Name of the variable that a CONFIG_UNRESOLVED error speaks of. */
export function unresolvedVariable(error: McError): string {
  return /environment variable (\S+) has/.exec(error.message)?.[1] ?? '';
}

function invalid(name: string, expected: string): McError {
  return new McError('CONFIG_INVALID', `"${name}" must be ${expected}.`);
}

function rangeInWords(min: number, max: number): string {
  if (min !== -Infinity && max !== Infinity) return ` from ${min} to ${max}`;
  if (min !== -Infinity) return ` of at least ${min}`;
  return max === Infinity ? '' : ` of at most ${max}`;
}
