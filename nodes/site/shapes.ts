/** What single values of an answer may look like; null for everything else. */

/** An identifier: text, or a whole number that JSON can carry exactly. */
export function idIn(value: unknown): string | null {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return textIn(value);
}

/** Text that says something, trimmed. */
export function textIn(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** The portal gives figures as text, e.g. `"12"` (suprema-api B1.1). */
export function figureIn(value: unknown): number | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  return /^-?\d{1,12}(\.\d+)?$/.test(String(value).trim()) ? Number(value) : null;
}

/** A time zone that this Node.js knows. */
export function timeZoneIn(value: unknown): string | null {
  const name = textIn(value);
  if (name === null) return null;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}
