import { join } from '../../access/rules/problems';

/** An object of the document, whatever it holds. */
export type Fields = Record<string, unknown>;

/** A place in the document: what stands there, by the name that a problem has for it. */
export interface Slot {
  get(): unknown;
  /** Undefined takes it away. */
  set(value: unknown): void;
  path(): string;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field of an object that stands in a place of its own. */
export function fieldOf(parent: Slot, key: string): Slot {
  const fields = (): Fields => {
    const found = parent.get();
    return isFields(found) ? found : {};
  };
  return {
    get: () => fields()[key],
    set: (value) => {
      const own = fields();
      if (value === undefined) Reflect.deleteProperty(own, key);
      else own[key] = value;
    },
    path: () => join(parent.path(), key),
  };
}

/** The same fields in their order, one of them by another name. */
export function renamed(fields: Fields, from: string, to: string): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name === from ? to : name, value]));
}
