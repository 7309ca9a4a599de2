import { type ErrorCode, McError } from '../../credential/mc-error';
import type { HttpAnswer } from '../http-client';
import { isObject, objectIn } from '../json-answer';
import { retryAfterSeconds } from '../retry-after';

/** What a request was about: the same answer means different things. */
export type About = 'login' | 'site' | 'list' | 'devices' | 'issue' | 'card';

/** An answer's meaning, put into a code and words that say what to do. */
type Meaning = readonly [ErrorCode, string];

/**
 * The error behind an answer that is no success, by its status, its code and its words (suprema-api B1.1, A6.4).
 * `now` in milliseconds, for a Retry-After that is a date.
 */
export function refusalOf(answer: HttpAnswer, status: number, about: About, now: number): McError {
  if (status === 429) return rateLimited(answer, now);
  const said = wordsOf(answer);
  const [code, text] = refusedBySite(status, said)
    ?? (about === 'login' ? refusedLogin(status, said) : about === 'site' ? refusedSite(status) : about === 'issue' || about === 'card' ? refusedWrite(status, said, about) : refusedList(status, said, about));
  return new McError(code, text);
}

/** True where the answer says that the site did nothing. 408: the server gave up waiting, so it may have had all. */
export function isDefinite(status: number): boolean {
  return (status >= 400 && status < 500 && status !== 408) || status === 501;
}

function rateLimited(answer: HttpAnswer, now: number): McError {
  const seconds = retryAfterSeconds(answer.headers['retry-after'] ?? null, now);
  const when = seconds === null ? 'in a while' : `in ${seconds} s`;
  return new McError('RATE_LIMITED', `The site is asked too often. Try again ${when}, and ask less often.`, seconds === null ? {} : { retryAfterSeconds: seconds });
}

/** What means the same whatever was asked. */
function refusedBySite(status: number, said: string): Meaning | null {
  if (status >= 500 && status !== 501) return ['SITE_UNREACHABLE', `The site fails at the moment (HTTP ${status}). Try again later.`];
  if (status >= 300 && status < 400) return ['SITE_ANSWER_INVALID', `The site points elsewhere (HTTP ${status}), which is never followed with an account in hand. Enter the final address as the domain.`];
  if (status === 408) return ['SITE_UNREACHABLE', 'The site did not wait for the request (HTTP 408). Try again later.'];
  if (/payment_required/.test(said)) return ['SITE_NOT_ACTIVE', 'The site is in PAYMENT_REQUIRED and carries out nothing until that is settled on the portal.'];
  return null;
}

function refusedLogin(status: number, said: string): Meaning {
  if (status === 423 || /lock(ed|out)|too many|dormant|two.?factor|2.?fa\b|\bmfa\b|\botp\b|verification code|suspended|deactivated|inactive/.test(said)) {
    return ['ACCOUNT_LOCKED', 'The site does not let this account in: it is locked, dormant or needs a second factor. Settle it on the portal.'];
  }
  // A server that does not know the route is not the portal; one that does not know the user may say 404 too.
  const isElsewhere = isUnknownRoute(status, said) || (status === 404 && !/user|account|e-?mail|member/.test(said));
  if (isElsewhere) return ['SITE_ANSWER_INVALID', `What answers there (HTTP ${status}) is not the portal. Check the domain and the port.`];
  return ['LOGIN_REFUSED', 'The site refused the account. Check its e-mail and password.'];
}

function refusedSite(status: number): Meaning {
  return refusedSession(status) ?? ['SITE_NOT_FOUND', `The portal knows no site with this ID (HTTP ${status}). It shows the ID under Site & License.`];
}

function refusedList(status: number, said: string, about: About): Meaning {
  if (isUnknownRoute(status, said)) return notSupported(status);
  const refused = refusedSession(status);
  if (refused !== null) return refused;
  if (status === 404 || status === 410) return /site/.test(said) ? refusedSite(status) : notSupported(status);
  return ['SITE_ANSWER_INVALID', `The site refused the ${about === 'devices' ? 'list of devices' : 'list'} (HTTP ${status}). The route is an assumption: set "routes" of the site as your portal has it.`];
}

function refusedWrite(status: number, said: string, about: About): Meaning {
  if (isUnknownRoute(status, said)) return about === 'issue' ? ['SITE_ANSWER_INVALID', `What answers there (HTTP ${status}) does not issue credentials. Check the domain and the port.`] : notSupported(status);
  if (/u1001|already.{0,3}(issued|registered|exists|in.use)|duplicate.{0,3}card/.test(said)) return ['CARD_ALREADY_ISSUED', 'The site has this card number, or a card of this user, already.'];
  if (/no.?e-?mail|e-?mail.{0,20}(missing|required|empty)/.test(said)) return ['EMAIL_MISSING', 'The site wants an e-mail address for this person.'];
  if (/no.?phone|phone.{0,20}(missing|required|empty)/.test(said)) return ['PHONE_MISSING', 'The site wants a phone number with country code for this person.'];
  if (status === 402 || /credit/.test(said)) return ['NO_CREDIT', 'The site has no credit left. Credits are bought from the vendor; then try again.'];
  const refused = refusedSession(status);
  if (refused !== null) return refused;
  if (status === 404 || status === 410) {
    if (/\bsite/.test(said)) return refusedSite(status);
    if (/card|credential/.test(said)) return ['CARD_NOT_FOUND', 'The site has no such card.'];
    if (/user/.test(said)) return ['USER_NOT_FOUND', 'The site has no such user.'];
    return notSupported(status);
  }
  if (status === 409) return ['CARD_ALREADY_ISSUED', 'The site has this card number, or a card of this user, already (HTTP 409).'];
  if (/(start|end).?date|period/.test(said)) return ['PERIOD_MISSING', 'The site wants another period: fill in "validFrom" and "validTo".'];
  if (/card.?(number|id)|\bnumber\b/.test(said)) return ['CARD_ID_INVALID', 'The site refuses this card number.'];
  return ['INPUT_INVALID', `The site refused the request (HTTP ${status}${machineCode(said)}). Check the person's fields.`];
}

function refusedSession(status: number): Meaning | null {
  if (status === 401) return ['LOGIN_REFUSED', 'The site does not accept the session it has just given. Check the account on the portal.'];
  if (status === 403) return ['PERMISSION_DENIED', 'The account may not do this at the site. Check its role on the portal, and the site ID.'];
  return null;
}

function notSupported(status: number): Meaning {
  return ['NOT_SUPPORTED', `The portal has no such route (HTTP ${status}). The route is an assumption: set "routes" of the site as your portal has it.`];
}

/** Servers, frameworks and gateways that say that nobody handles a path: Express, NestJS, AWS API Gateway and the like. */
function isUnknownRoute(status: number, said: string): boolean {
  if (status === 405 || status === 501) return true;
  if (status === 403) return said.includes('missing authentication token');
  return status === 404 && (said === '' || /cannot (get|post|put|patch|delete) |no (such )?(route|handler|endpoint|resource)|(route|endpoint|path|url|uri).{0,20}(not found|unknown)|not_?found_?route|unknown (route|path|endpoint)/.test(said));
}

/** The site's own codes and words in small letters, '' for what is no JSON. They are compared here and never shown: they may name people. */
function wordsOf(answer: HttpAnswer): string {
  const body = objectIn(answer);
  if (body === null) return '';
  const inner = [body, body['error'], Array.isArray(body['errors']) ? (body['errors'] as unknown[])[0] : null].filter(isObject);
  const values = inner.flatMap((part) => [part['code'], part['errorCode'], part['error'], part['reason'], part['message']]).flat();
  return values.filter((value) => typeof value === 'string' || typeof value === 'number').join(' ').slice(0, 2000).toLowerCase();
}

/** A code like u1001 helps a person and names nobody. */
function machineCode(said: string): string {
  const code = /^[a-z]\d{3,6}(?= |$)/.exec(said)?.[0];
  return code === undefined ? '' : `, code ${code}`;
}
