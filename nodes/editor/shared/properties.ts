import { anything, booleanCheck, type Check, checked, choiceCheck, jsonCheck, listCheck, numberCheck } from './checks';
import { editor } from './red';

/** A property of a node: its value in the flow, and what the dialog needs to offer and check it. */
export interface Property {
  /** Default, as it lies in a new node. */
  value: unknown;
  field: 'text' | 'choice' | 'tick' | 'list' | 'json' | 'reference' | 'hidden';
  check: Check;
  /** Must not be empty; with a function, only where that holds. */
  required: boolean | ((sibling: (name: string) => unknown) => boolean);
  /** Config node type of a reference. */
  type?: string;
  choices?: readonly string[];
}

type Options = Partial<Pick<Property, 'required'>>;

export function text(value: string, check: Check = anything, { required = false }: Options = {}): Property {
  return { value, field: 'text', check: checked(check), required };
}

/** Kept as text, so that a variable fits in. `max` Infinity = no limit. */
export function number(value: string, min: number, max: number, { required = false, whole = true }: Options & { whole?: boolean } = {}): Property {
  return { value, field: 'text', check: checked(numberCheck(min, max, whole)), required };
}

export function choice(value: string, choices: readonly string[]): Property {
  return { value, field: 'choice', check: checked(choiceCheck(choices)), required: !choices.includes(''), choices };
}

export function tick(value: boolean): Property {
  return { value, field: 'tick', check: checked(booleanCheck), required: false };
}

/** Any of the words, kept as an array. */
export function list(choices: readonly string[]): Property {
  return { value: [], field: 'list', check: checked(listCheck(choices)), required: false, choices };
}

export function json(inner?: Parameters<typeof jsonCheck>[0]): Property {
  return { value: '', field: 'json', check: checked(jsonCheck(inner)), required: false };
}

/** With a function the reference is needed only where that holds. */
export function reference(type: string, required: Property['required']): Property {
  return { value: '', field: 'reference', check: typeof required === 'function' ? referenceCheck : anything, required, type };
}

/** What Node-RED checks by itself where no check of ours takes its place. */
const referenceCheck: Check = (id) => {
  if (id === undefined || id === null || id === '' || id === '_ADD_') return null;
  const node = typeof id === 'string' ? editor.node(id) : null;
  if (node === null) return { key: 'reference-gone' };
  return node['valid'] === false ? { key: 'reference-invalid' } : null;
};

/** Travels with the node and is never shown. */
export function hidden(value: string): Property {
  return { value, field: 'hidden', check: anything, required: false };
}
