import { isObject } from '../json-answer';

/**
 * The value at a dotted path, undefined where there is none. Only what an object itself has counts. A text on the way
 * that is JSON is looked into: the portal keeps a user's `meta` like that (suprema-api B1.1).
 */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, name) => {
    const object = typeof inner === 'string' ? parsed(inner) : inner;
    return isObject(object) && Object.hasOwn(object, name) ? object[name] : undefined;
  }, value);
}

function parsed(text: string): unknown {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
