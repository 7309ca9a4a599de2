import { fieldsOf, optionalCardId, optionalText, optionalUserId } from './input-fields';
import { McError } from './mc-error';
import { emailOf, phoneOf } from './person-contact';
import { allowedName, type NameRule } from './person-name';
import { periodOf, requirePeriod } from './person-period';
import type { Doors, Person } from './record';

/** BioStar's limit for a department (suprema-api A3); a title is held to the same. */
const LONGEST_LABEL = 64;
const MOST_DOORS = 1000;
const LONGEST_DOOR_NAME = 200;

/** What of a site decides which persons it takes. `accessType` null: not read yet, the period is asked for later. */
export interface PersonRules {
  messaging: 'email' | 'text';
  nameRule: NameRule;
  timeZone: string;
  accessType: 'REGULAR' | 'DYNAMIC' | null;
}

/**
 * Input of an issue, checked and normalised. Fields that are not a person's are left aside.
 * Throws INPUT_INVALID, NAME_NOT_ALLOWED, EMAIL_MISSING, PHONE_MISSING, CARD_ID_INVALID or PERIOD_MISSING.
 */
export function validatePerson(input: unknown, site: PersonRules): Person {
  const fields = fieldsOf(input, 'a person: an object with "userId", "name" and "email"');
  const userId = optionalUserId(fields);
  if (userId === null) throw new McError('INPUT_INVALID', 'The person has no "userId".');
  const person: Person = {
    userId,
    name: allowedName(fields['name'], site.nameRule, userId),
    email: emailOf(fields, site.messaging, userId),
    phone: phoneOf(fields, site.messaging, userId),
    department: optionalText(fields, 'department', LONGEST_LABEL),
    title: optionalText(fields, 'title', LONGEST_LABEL),
    cardId: optionalCardId(fields),
    ...periodOf(fields, site.timeZone),
    doors: doorsOf(fields['doors']),
  };
  if (site.accessType !== null) requirePeriod(person, site.accessType, userId);
  return person;
}

function doorsOf(value: unknown): Doors | null {
  if (value === undefined || value === null) return null;
  if (value === '*') return '*';
  if (!Array.isArray(value) || value.length > MOST_DOORS) throw doorsInvalid();
  const names = value.map((name: unknown) => {
    if (typeof name !== 'string' || name.length > LONGEST_DOOR_NAME || name.trim() === '') throw doorsInvalid();
    return name.trim();
  });
  return names.includes('*') ? '*' : [...new Set(names)];
}

function doorsInvalid(): McError {
  return new McError('INPUT_INVALID', `"doors" must be "*" or a list of at most ${MOST_DOORS} door names.`);
}
