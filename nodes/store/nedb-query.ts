import Datastore from 'nedb';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { types } from 'node:util';
import { McError } from '../credential/mc-error';

const COMPARISONS = ['$lt', '$lte', '$gt', '$gte', '$ne', '$in', '$nin', '$regex', '$exists', '$size', '$elemMatch'];
const LISTS = ['$in', '$nin'];
const DEEPEST = 20;
const LONGEST_REGEX = 500;
const LONGEST_LIST = 10_000;
/** Documents that NeDB looks at in one go; between two lots doors have their turn. */
const LOT = 500;

/**
 * The documents that a query in NeDB's language finds, as copies. `$where` runs code out of a message and is refused.
 * `$regex` may also be text, since messages carry no regular expressions. Rejects with INPUT_INVALID for what NeDB
 * would not understand, also where it would not notice because there is nothing to compare with.
 */
export async function nedbQuery<T extends object>(documents: Iterable<T>, query: unknown): Promise<T[]> {
  const checked = checkQuery(query, 0);
  const all = [...documents];
  const found: T[] = [];
  try {
    // Once with nothing: what is wrong with the query is said all the same.
    for (let from = 0; from < all.length || from === 0; from += LOT) {
      const engine = new Datastore<T>({ inMemoryOnly: true });
      await engine.insertAsync(all.slice(from, from + LOT));
      found.push(...await engine.findAsync<T>(checked));
      await nextTurn();
    }
    return found;
  } catch (error) {
    throw new McError('INPUT_INVALID', `msg.query is not understood: ${error instanceof Error ? error.message : 'unknown error'}.`);
  }
}

/** A query, or the query of `$elemMatch`: fields, and `$or`, `$and`, `$not`. */
function checkQuery(query: unknown, depth: number): Record<string, unknown> {
  if (!isPlain(query)) throw refused('must be an object such as { "reason": "lost" }');
  if (depth > DEEPEST) throw refused(`may be nested ${DEEPEST} deep`);
  return Object.fromEntries(Object.entries(query).map(([key, value]) => {
    if (!key.startsWith('$')) return [key, checkValue(value, depth + 1)];
    if (key === '$not') return [key, checkQuery(value, depth + 1)];
    if (key !== '$or' && key !== '$and') throw refused(`knows no ${shown(key)} here`);
    if (!Array.isArray(value) || value.length > LONGEST_LIST) throw refused(`needs a list after ${key}`);
    return [key, value.map((part) => checkQuery(part, depth + 1))];
  }));
}

/** What a field is compared with: a value, or comparisons. */
function checkValue(value: unknown, depth: number): unknown {
  if (!isPlain(value)) return checkConstant(value, depth);
  const keys = Object.keys(value);
  const operators = keys.filter((key) => key.startsWith('$'));
  if (operators.length === 0) return checkConstant(value, depth);
  if (operators.length < keys.length) throw refused('may not mix operators and fields');
  return Object.fromEntries(Object.entries(value).map(([key, operand]) => [key, checkOperand(key, operand, depth + 1)]));
}

function checkOperand(operator: string, operand: unknown, depth: number): unknown {
  if (!COMPARISONS.includes(operator)) throw refused(`knows no ${shown(operator)} here`);
  if (operator === '$regex') return regexOf(operand);
  if (operator === '$size' && !Number.isInteger(operand)) throw refused('needs a whole number after $size');
  if (operator === '$elemMatch') return checkQuery(operand, depth);
  if (LISTS.includes(operator) && (!Array.isArray(operand) || operand.length > LONGEST_LIST)) throw refused(`needs a list after ${operator}`);
  return checkConstant(operand, depth);
}

/** A value that holds no operator anywhere, and ends somewhere. */
function checkConstant(value: unknown, depth: number): unknown {
  if (depth > DEEPEST) throw refused(`may be nested ${DEEPEST} deep`);
  if (types.isRegExp(value)) return regexOf(value);
  if (typeof value === 'function' || typeof value === 'symbol') throw refused('may hold no code');
  if (Array.isArray(value)) return value.map((part) => checkConstant(part, depth + 1));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => {
    if (key.startsWith('$')) throw refused(`knows no ${shown(key)} here`);
    return [key, checkConstant(part, depth + 1)];
  }));
}

function regexOf(value: unknown): RegExp {
  if (types.isRegExp(value)) return value;
  if (typeof value !== 'string' || value.length > LONGEST_REGEX) throw refused('needs a regular expression after $regex');
  try {
    return new RegExp(value, 'u');
  } catch {
    throw refused('needs a regular expression after $regex');
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !types.isDate(value) && !types.isRegExp(value);
}

/** An operator's name as it may be repeated: it comes from outside. */
function shown(operator: string): string {
  return /^\$[A-Za-z]{1,20}$/.test(operator) ? operator : 'such operator';
}

function refused(what: string): McError {
  return new McError('INPUT_INVALID', `msg.query ${what}.`);
}
