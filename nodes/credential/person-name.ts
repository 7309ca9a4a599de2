import { McError } from './mc-error';

export type NameRule = 'strict' | 'extended';

const LONGEST_NAME = 48;
/** "character, ' ' (space), number and '_'": how-to, additional information 1. */
const STRICT = /^[\p{L}\p{M}\p{Nd} _]+$/u;
/** What the later portal takes besides (suprema-api C7). */
const EXTENDED = /^[\p{L}\p{M}\p{Nd} _@\-+[\],]+$/u;
const ALLOWED: Readonly<Record<NameRule, string>> = {
  strict: 'letters, digits, spaces and _',
  extended: 'letters, digits, spaces and _ @ - + [ ] ,',
};

/** The name as it is sent and kept: NFC, trimmed. NAME_NOT_ALLOWED where the rule refuses it. */
export function allowedName(value: unknown, rule: NameRule, userId: string): string {
  if (value !== undefined && value !== null && typeof value !== 'string') {
    throw new McError('INPUT_INVALID', `"name" of user ${userId} must be text.`);
  }
  const name = (value ?? '').length > 10_000 ? null : (value ?? '').normalize('NFC').trim();
  if (name === null) throw new McError('INPUT_INVALID', `"name" of user ${userId} may have at most ${LONGEST_NAME} characters.`);
  if (name === '') throw new McError('NAME_NOT_ALLOWED', `User ${userId} needs a name of 1 to ${LONGEST_NAME} characters.`);
  if ([...name].length > LONGEST_NAME) {
    throw new McError('NAME_NOT_ALLOWED', `The name of user ${userId} is longer than ${LONGEST_NAME} characters. Shorten it.`);
  }
  if (!(rule === 'strict' ? STRICT : EXTENDED).test(name)) {
    const more = rule === 'strict' ? ', or set the site\'s name rule to "extended"' : '';
    throw new McError('NAME_NOT_ALLOWED', `The name of user ${userId} may only have ${ALLOWED[rule]}. Change it${more}.`);
  }
  return name;
}
