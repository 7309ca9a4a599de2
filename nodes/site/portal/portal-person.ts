import type { Person } from '../../credential/record';
import type { JsonObject } from '../json-answer';

/**
 * The body of `POST /user/card`, which creates user and card together; `meta` is a JSON text. The card object is not
 * described in public: its number and dates follow BioStar's words for it (suprema-api B1.1, A6.1).
 */
export function personBody(siteId: string, person: Person, cardId: string): JsonObject {
  const { userId, name, email, phone, department, title, validFrom, validTo } = person;
  return {
    siteId,
    user: present({ userKey: userId, email, phone, meta: JSON.stringify(present({ name, department, title })) }),
    card: present({ number: cardId, startDate: epoch(validFrom), endDate: epoch(validTo) }),
  };
}

/** What is not known is left out: a null might clear it. */
function present(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}

function epoch(time: string | null): number | null {
  return time === null ? null : Date.parse(time);
}
