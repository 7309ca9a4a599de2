import { PortalError } from './portal-error';

export type Fields = Record<string, unknown>;

const LONGEST_TEXT = 256;

/** Throws 400 where `value` is no JSON object. */
export function asObject(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PortalError(400, `${name} must be an object.`);
  }
  return value as Fields;
}

/** The text under `key`, trimmed; a number is taken as its digits. Throws 400 where it is missing. */
export function requiredText(fields: Fields, key: string, name: string): string {
  const text = optionalText(fields, key, name);
  if (text === '') throw new PortalError(400, `${name} is required.`);
  return text;
}

/** The text under `key`, trimmed, or an empty one. */
export function optionalText(fields: Fields, key: string, name: string): string {
  const value = fields[key];
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value !== 'string') throw new PortalError(400, `${name} must be text.`);
  if (value.length > LONGEST_TEXT) throw new PortalError(400, `${name} is longer than ${LONGEST_TEXT} characters.`);
  return value.trim();
}
