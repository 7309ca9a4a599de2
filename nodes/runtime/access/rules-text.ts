import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import type { InSlices } from '../../access/rules/in-slices';
import { McError } from '../../credential/mc-error';

/**
 * A document of rules as it came: text is parsed, anything else is taken as it is. CONFIG_INVALID for text that is no JSON,
 * and for nothing at all: a file that is just being written must not take all rules away. No rules are `{}`.
 */
export function parsedRules(given: unknown): unknown {
  if (given === undefined || given === null || (typeof given === 'string' && given.trim() === '')) {
    throw new McError('CONFIG_INVALID', 'There are no rules in it. To have none on purpose, write {}.');
  }
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given) as unknown;
  } catch (cause) {
    throw new McError('CONFIG_INVALID', `The rules are not valid JSON: ${(cause as Error).message}.`, { cause });
  }
}

/** A text as it is kept; both ways are done beside the event loop. */
export async function packedText(text: string): Promise<string> {
  return (await promisify(deflate)(text)).toString('base64');
}

/** CONFIG_INVALID for what was not made by `packedText`. */
export async function unpackedText(packed: string): Promise<string> {
  try {
    return (await promisify(inflate)(Buffer.from(packed, 'base64'))).toString('utf8');
  } catch (cause) {
    throw new McError('CONFIG_INVALID', 'The rules that were kept in the store cannot be read any more.', { cause });
  }
}

/** JSON of a document that was read already, an entry at a time. */
export function* rulesText(document: unknown): InSlices<string> {
  if (typeof document !== 'object' || document === null) return JSON.stringify(document);
  const parts: string[] = [];
  for (const [name, part] of Object.entries(document)) {
    if (part === undefined) continue;
    if (typeof part === 'object' && part !== null && !Array.isArray(part)) {
      const entries: string[] = [];
      for (const [key, value] of Object.entries(part as Record<string, unknown>)) {
        if (value !== undefined) entries.push(`${JSON.stringify(key)}:${JSON.stringify(value)}`);
        yield;
      }
      parts.push(`${JSON.stringify(name)}:{${entries.join(',')}}`);
    } else parts.push(`${JSON.stringify(name)}:${JSON.stringify(part)}`);
  }
  return `{${parts.join(',')}}`;
}

export function* rulesHash(text: string): InSlices<string> {
  const hash = createHash('sha256');
  for (let from = 0; from < text.length; from += SLICE) {
    hash.update(text.slice(from, from + SLICE));
    yield;
  }
  return hash.digest('hex');
}

/** Characters at a time: some ten microseconds. */
const SLICE = 16_384;
