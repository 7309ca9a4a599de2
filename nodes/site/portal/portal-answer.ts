import { type ErrorCode, McError } from '../../credential/mc-error';
import type { HttpAnswer } from '../http-client';

const LONGEST_WAIT_SECONDS = 3600;

/** An answer's body as an object; SITE_ANSWER_INVALID for HTML, cut JSON and the like. */
export function bodyOf({ status, text }: HttpAnswer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below, without the body: it may hold anything.
  }
  throw new McError('SITE_ANSWER_INVALID', `The site answered (HTTP ${status}) with something that is not its API's JSON. Check the domain and the port.`);
}

/** The `record` of a successful answer. */
export function recordOf(answer: HttpAnswer): Record<string, unknown> {
  const { record } = bodyOf(answer);
  if (typeof record === 'object' && record !== null && !Array.isArray(record)) return record as Record<string, unknown>;
  throw new McError('SITE_ANSWER_INVALID', `The site answered (HTTP ${answer.status}) without a record.`);
}

/** What a request was about: the same status means different things. */
export type About = 'login' | 'site' | 'list' | 'card';

/** The error behind an answer that is not a success, by its status, its code and its words (suprema-api B1.1, A6.4). */
export function refusalOf(answer: HttpAnswer, about: About): McError {
  const { status } = answer;
  const { code, message, isEnvelope } = wordsOf(answer);
  const said = `${code} ${message}`.toLowerCase();
  const error = (errorCode: ErrorCode, text: string): McError => new McError(errorCode, text);
  if (status === 429) {
    const retryAfterSeconds = secondsOf(answer.retryAfter);
    return new McError('RATE_LIMITED', `The site is asked too often. Try again in ${retryAfterSeconds} s.`, { retryAfterSeconds });
  }
  if (status >= 500) return error('SITE_UNREACHABLE', `The site fails at the moment (HTTP ${status}). Try again later.`);
  if (status >= 300 && status < 400) return error('SITE_ANSWER_INVALID', `The site redirects (HTTP ${status}), which is not followed. Check the domain.`);
  if (status === 423 || /lock|dormant|two.?factor|2fa/.test(said)) return error('ACCOUNT_LOCKED', 'The account is locked, dormant or needs a second factor. Settle it on the portal.');
  if (/u1001|already.?(issued|registered)/.test(said)) return error('CARD_ALREADY_ISSUED', 'The site has this card number already.');
  if (/payment.?required/.test(said) && !/credit/.test(said)) return error('SITE_NOT_ACTIVE', 'The site is in the state "payment required" and carries out nothing.');
  if (status === 402 || /credit/.test(said)) return error('NO_CREDIT', 'The site has no credit left. Credits are bought from the sales representative.');
  if (/no_email|email.{0,20}(missing|required)/.test(said)) return error('EMAIL_MISSING', 'The site wants an e-mail address for this person.');
  if (about === 'login') return error('LOGIN_REFUSED', 'The site refused the account. Check the e-mail and the password.');
  if (status === 401) return error('LOGIN_REFUSED', 'The site does not accept the session it has just given. Check the account on the portal.');
  if (status === 403) return error('PERMISSION_DENIED', 'The account may not do this at the site. Check its role on the portal.');
  const noRoute = status === 405 || status === 501 || (status === 404 && (!isEnvelope || /cannot (get|post|put|patch|delete)|route|endpoint|unknown path/.test(said)));
  if (noRoute && about !== 'site') return error('NOT_SUPPORTED', `The portal has no such route (HTTP ${status}). It is an assumption: set "routes" of the site as your portal has it.`);
  if (status === 404 && (about === 'site' || about === 'list' || /site/.test(said))) return error('SITE_NOT_FOUND', 'The portal knows no site with this ID. It shows it under Site & License.');
  if (status === 404) return error('CARD_NOT_FOUND', 'The site has no such card.');
  return error('INPUT_INVALID', `The site refused the request (HTTP ${status}${code === '' ? '' : `, code ${code.slice(0, 40)}`}).`);
}

/** The site's own code and words. They are compared here and never shown: they may name people. */
function wordsOf({ text }: HttpAnswer): { code: string; message: string; isEnvelope: boolean } {
  try {
    const body = JSON.parse(text) as Record<string, unknown> | null;
    if (typeof body !== 'object' || body === null) return { code: '', message: '', isEnvelope: false };
    const nested = typeof body['error'] === 'object' && body['error'] !== null ? body['error'] as Record<string, unknown> : {};
    const plain = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
    return {
      code: [body['code'], body['errorCode'], nested['code'], typeof body['error'] === 'string' ? body['error'] : ''].map(plain).find((value) => value !== '') ?? '',
      message: [body['message'], nested['message']].map(plain).join(' '),
      isEnvelope: 'status' in body || 'code' in body || 'message' in body,
    };
  } catch {
    return { code: '', message: '', isEnvelope: false };
  }
}

/** `Retry-After` in seconds or as a date; 1 where it says nothing, and never more than an hour. */
function secondsOf(value: string | null): number {
  if (value === null) return 1;
  const seconds = /^\d+$/.test(value.trim()) ? Number(value) : Math.ceil((Date.parse(value) - Date.now()) / 1000);
  return Number.isFinite(seconds) ? Math.min(LONGEST_WAIT_SECONDS, Math.max(1, seconds)) : 1;
}
