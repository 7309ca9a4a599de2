import type { RulesDesk } from './desk';
import type { PartShape } from './shapes';
import type { Slot } from './slot';

/** One entry of a part: a name with what stands under it, or one of a list. */
export interface Entry extends Slot {
  /** Empty where it has none yet; null in a list. */
  name: string | null;
  remove(): void;
}

/** The entries of a part as the document has them; null where it is no such part. */
export function entriesOf(desk: RulesDesk, { part, listed }: PartShape): Entry[] | null {
  const held = desk.document[part];
  if (held === undefined) return [];
  if (typeof held !== 'object' || held === null || Array.isArray(held) !== listed) return null;
  if (listed) return (held as unknown[]).map((value) => listedEntry(desk, part, value));
  return Object.keys(held).map((name) => namedEntry(desk, part, name));
}

/** A new one at the end; one that was added before and has no name yet is that one. */
export function addEntry(desk: RulesDesk, shape: PartShape): Entry {
  const { part, listed } = shape;
  const value: unknown = 'whole' in shape ? [] : {};
  if (listed) {
    const held = desk.document[part];
    desk.document[part] = [...Array.isArray(held) ? held as unknown[] : [], value];
    return listedEntry(desk, part, value);
  }
  if (!('' in desk.entries(part))) desk.add(part, '', value);
  return namedEntry(desk, part, '');
}

export function namedEntry(desk: RulesDesk, part: string, first: string): Entry {
  const entry: Entry = {
    name: first,
    get: () => desk.entries(part)[entry.name ?? ''],
    set: (value) => { desk.entries(part)[entry.name ?? ''] = value; },
    path: () => `${part}.${entry.name ?? ''}`,
    remove: () => { desk.remove(part, entry.name ?? ''); },
  };
  return entry;
}

/** Known by what it is: its place changes as others go. */
function listedEntry(desk: RulesDesk, part: string, value: unknown): Entry {
  const list = (): unknown[] => { const held = desk.document[part]; return Array.isArray(held) ? held as unknown[] : []; };
  return {
    name: null,
    get: () => value,
    set: () => undefined,
    path: () => `${part}[${String(list().indexOf(value))}]`,
    remove: () => {
      const left = list().filter((one) => one !== value);
      if (left.length > 0) desk.document[part] = left;
      else Reflect.deleteProperty(desk.document, part);
    },
  };
}
