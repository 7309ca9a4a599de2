import { type Fields, isFields } from './slot';

/** The rules as they are typed, null where the text is no document: no JSON, or none of an object. */
export function documentOf(text: string): Fields | null {
  if (text.trim() === '') return {};
  try {
    const found: unknown = JSON.parse(text);
    return isFields(found) ? found : null;
  } catch {
    return null;
  }
}

/** Empty where there are no rules. */
export function textOf(document: Fields): string {
  return Object.keys(document).length === 0 ? '' : JSON.stringify(document, null, 2);
}
