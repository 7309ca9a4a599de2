/** Node-RED replaces `${NAME}` where it is the whole value, and only there. */
const WHOLE = /^\$\{[A-Za-z_][^\s{}]*\}$/;
const ANYWHERE = /\$\{[^}]*\}/;

export function isVariable(value: unknown): boolean {
  return typeof value === 'string' && WHOLE.test(value.trim());
}

/** A variable within other text: it would reach the node as written. */
export function holdsVariable(value: string): boolean {
  return ANYWHERE.test(value) && !isVariable(value);
}
