import { holdsVariable, isVariable } from './variable';

/** What is wrong with a value: a key under `common.errors`, and the words for its gaps. */
export interface Fault { key: string; values?: Record<string, string | number> }

/** Reads another property of the same node, as the dialog shows it while it is open. */
export type Sibling = (name: string) => unknown;

/** Null where the value is good. Variables never reach a check: their value is known at run time only. */
export type Check = (value: unknown, sibling: Sibling) => Fault | null;

/** All that holds for every property: empty is good, a variable is good where it is the whole value. */
export function checked(check: Check): Check {
  return (value, sibling) => {
    if (value === undefined || value === null || value === '' || isVariable(value)) return null;
    if (typeof value === 'string' && holdsVariable(value)) return { key: 'variable-part' };
    return check(typeof value === 'string' ? value.trim() : value, sibling);
  };
}

export const anything: Check = () => null;

/** `whole` false allows decimals. */
export function numberCheck(min: number, max: number, whole = true): Check {
  return (value): Fault | null => {
    const number = typeof value === 'number' ? value : Number(value);
    const fits = Number.isFinite(number) && (!whole || Number.isInteger(number)) && number >= min && number <= max;
    if (fits) return null;
    const kind = whole ? 'whole' : 'number';
    return max === Infinity ? { key: `${kind}-least`, values: { min } } : { key: `${kind}-range`, values: { min, max } };
  };
}

export function choiceCheck(choices: readonly string[]): Check {
  return (value) => (choices.includes(String(value)) ? null : { key: 'choice', values: { choices: choices.filter((choice) => choice !== '').join(', ') } });
}

/** True, false, or the same as text, as the runtime reads it. */
export const booleanCheck: Check = (value) =>
  (typeof value === 'boolean' || /^(true|false|1|0|yes|no|on|off)$/i.test(String(value)) ? null : { key: 'boolean' });

/** A list of the given words: an array, JSON, or text with commas. */
export function listCheck(words: readonly string[]): Check {
  return (value) => {
    const items = listOf(value);
    const wrong = items === null ? String(value) : items.find((item) => !words.includes(item));
    return wrong === undefined ? null : { key: 'list', values: { wrong, choices: words.join(', ') } };
  };
}

/** The items of a list in any of its spellings, null where it is none. */
export function listOf(value: unknown): string[] | null {
  if (typeof value === 'string' && !value.trim().startsWith('[')) return value.split(',').map((item) => item.trim()).filter((item) => item !== '');
  const items = typeof value === 'string' ? parsed(value) : value;
  return Array.isArray(items) && items.every((item) => typeof item === 'string') ? items : null;
}

/** A JSON object; `inner` looks at it and says in words what is wrong, or null. */
export function jsonCheck(inner: (value: Record<string, unknown>, sibling: Sibling) => Fault | null = () => null): Check {
  return (value, sibling) => {
    let object: unknown = value;
    if (typeof value === 'string') {
      try {
        object = JSON.parse(value);
      } catch (error) {
        return { key: 'json', values: { reason: (error as Error).message } };
      }
    }
    if (typeof object !== 'object' || object === null || Array.isArray(object)) return { key: 'json-object' };
    return inner(object as Record<string, unknown>, sibling);
  };
}

/** https, or http to this machine, as `mc-site` allows it. */
export const addressCheck: Check = (value) => {
  const text = String(value);
  let url: URL;
  try {
    url = new URL(text.includes('://') ? text : `https://${text}`);
  } catch {
    return { key: 'address' };
  }
  if (url.username !== '' || url.password !== '') return { key: 'address-account' };
  if (url.search !== '' || url.hash !== '' || !['https:', 'http:'].includes(url.protocol)) return { key: 'address' };
  const loopback = url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(url.hostname);
  return url.protocol === 'http:' && !loopback ? { key: 'address-https' } : null;
};

export const fingerprintCheck: Check = (value) =>
  (/^[0-9a-f]{64}$/i.test(String(value).replaceAll(':', '')) ? null : { key: 'fingerprint' });

export const timeZoneCheck: Check = (value) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: String(value) });
    return null;
  } catch {
    return { key: 'time-zone' };
  }
};

/** A folder inside the user directory, as `mc-store` allows it. */
export const folderCheck: Check = (value) => {
  const text = String(value);
  return /^([a-z]:|[\\/~])/i.test(text) || text.split(/[\\/]/).includes('..') ? { key: 'folder' } : null;
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
