import { type Named, PARTS, type Shape } from './shapes';
import { type Fields, isFields, renamed } from './slot';

interface Change { part: string; from: string; to: string }

/** Gives an entry another name, in its place, and wherever the document refers to it. */
export function renameEntry(document: Fields, { part, from, to }: Change): void {
  const entries = document[part];
  if (!isFields(entries)) return;
  document[part] = renamed(entries, from, to);
  for (const shape of PARTS) {
    const own = document[shape.part];
    if (typeof own !== 'object' || own === null) continue;
    for (const [key, entry] of Object.entries(own as Fields)) {
      if ('whole' in shape) (own as Fields)[key] = followed(entry, shape.whole, { part, from, to });
      else if (isFields(entry)) follow(entry, shape.fields, { part, from, to });
    }
  }
}

function follow(fields: Fields, shapes: readonly Shape[], change: Change): void {
  for (const shape of shapes) if (fields[shape.key] !== undefined) fields[shape.key] = followed(fields[shape.key], shape, change);
}

/** The value of a field with the new name in it; anything that is not as it should be stays. */
function followed(value: unknown, shape: Shape, { part, from, to }: Change): unknown {
  const swap = (name: unknown, of: readonly Named[]): unknown => (name === from && (of as readonly string[]).includes(part) ? to : name);
  switch (shape.kind) {
    case 'name': return swap(value, [shape.of]);
    case 'part':
      if (isFields(value)) follow(value, shape.fields, { part, from, to });
      return value;
    case 'doors':
    case 'readers':
      if (!Array.isArray(value)) return value;
      return value.map((one: unknown) => (isFields(one) ? { ...one, ...('door' in one ? { door: swap(one['door'], ['doors']) } : {}) } : swap(one, ['doors'])));
    case 'own-schedules':
      if (!isFields(value)) return value;
      return Object.fromEntries(Object.entries(value).map(([target, schedule]) => [swap(target, ['doors', 'groups']), swap(schedule, ['schedules'])]));
    default: return value;
  }
}
