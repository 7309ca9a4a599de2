import type { InSlices } from './in-slices';

/** Characters of a document of rules as JSON, about. */
export const LONGEST = 5_000_000;
/** What a number, a comma or a pair of braces takes, about. */
const SMALL = 4;
/** Values that are looked at between two pauses. */
const SLICE = 2000;

/** True where a document is longer than rules may be, and where it never ends because it contains itself. */
export function* isTooLong(document: unknown): InSlices<boolean> {
  let length = 0;
  let looked = 0;
  const left: unknown[] = [document];
  while (left.length > 0) {
    if ((looked += 1) % SLICE === 0) yield;
    const value = left.pop();
    if (typeof value === 'string') length += value.length + 2;
    else length += SMALL;
    if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        length += Array.isArray(value) ? 1 : key.length + SMALL;
        left.push(inner);
      }
    }
    if (length > LONGEST) return true;
  }
  return false;
}
