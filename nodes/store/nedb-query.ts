import Datastore from 'nedb';
import { McError } from '../credential/mc-error';

const DEEPEST = 20;

/**
 * The documents that a query in NeDB's language finds. `$where` runs code out of a message and is refused, as is
 * anything NeDB does not understand: INPUT_INVALID.
 */
export async function nedbQuery<T extends object>(documents: Iterable<T>, query: unknown): Promise<T[]> {
  if (typeof query !== 'object' || query === null || Array.isArray(query)) throw invalid('it must be an object');
  refuseCode(query, 0);
  const engine = new Datastore({ inMemoryOnly: true });
  try {
    await engine.insertAsync([...documents] as never);
    return await engine.findAsync(query) as T[];
  } catch (cause) {
    throw invalid((cause as Error).message, cause);
  }
}

function refuseCode(value: unknown, depth: number): void {
  if (depth > DEEPEST) throw invalid('it is nested too deeply');
  if (typeof value === 'function') throw invalid('functions are not allowed');
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === '$where') throw invalid('$where is not allowed');
    refuseCode(inner, depth + 1);
  }
}

function invalid(why: string, cause?: unknown): McError {
  return new McError('INPUT_INVALID', `msg.query is not a query that can be run: ${why}.`, { cause });
}
