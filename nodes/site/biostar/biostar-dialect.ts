import { isMcError, McError } from '../../credential/mc-error';
import type { HttpAnswer } from '../http-client';
import { isSuccess, objectIn } from '../json-answer';
import { retryAfterSeconds } from '../retry-after';
import type { Dialect, Refusal } from '../site-calls';
import { DOUBTFUL, meaningOf } from './biostar-codes';
import { type Envelope, envelopeOf } from './envelope';

/**
 * What a request is about. `rows`: an answer in parts is a success, its rows say more. `import`: so is one that the
 * server goes on with. `file`: what comes is no JSON.
 */
export type About = 'login' | 'call' | 'rows' | 'import' | 'upload' | 'file' | { also: readonly string[] };

const PARTLY = ['1', '5', '7', '8'];

/** How BioStar is spoken to (suprema-api A1, A2): the session in a header of its own, a code in each answer. */
export const biostarDialect: Dialect<About> = {
  signed: (token) => ({ 'bs-session-id': token }),
  refusal(answer, about, changes) {
    const { code } = envelopeOf(answer);
    if (about === 'file' && isSuccess(answer.status) && code === null) return null;
    if (isAnswered(code, answer, about)) return null;
    return refusalOf(answer, code, changes, about);
  },
  // A refusal may ride on HTTP 500 (suprema-api A4.5): with a code of its own the server is there.
  isOutage: (answer) => answer.status >= 500 && answer.status !== 501 && envelopeOf(answer).code === null,
};

function isAnswered(code: string | null, answer: HttpAnswer, about: About): boolean {
  const { status } = answer;
  // The answer of an upload has no code in any sample (A3.1).
  if (code === null) return about === 'upload' && isSuccess(status) && objectIn(answer) !== null;
  if (code === '0') return isSuccess(status);
  if (about === 'rows') return PARTLY.includes(code);
  if (about === 'import') return code === '4' || PARTLY.includes(code);
  return typeof about === 'object' && about.also.includes(code);
}

function refusalOf(answer: HttpAnswer, code: string | null, changes: boolean, about: About): Refusal {
  const { status } = answer;
  if (status === 429) {
    const seconds = retryAfterSeconds(answer.headers['retry-after'] ?? null, Date.now());
    return definite(new McError('RATE_LIMITED', `BioStar is asked too often. Try again ${seconds === null ? 'in a while' : `in ${seconds} s`}.`, seconds === null ? {} : { retryAfterSeconds: seconds }), true);
  }
  if (code !== null && code !== '0') return byCode(code, status, changes);
  const isOurs = objectIn(answer) !== null;
  if (status >= 500 && status !== 501) {
    return { error: new McError('SITE_UNREACHABLE', `BioStar fails at the moment (HTTP ${status}). Try again later.`), left: changes, again: true, sessionLost: false };
  }
  if (status === 401 && about !== 'login') return { ...definite(new McError('LOGIN_REFUSED', 'BioStar does not accept the session (HTTP 401).')), sessionLost: true };
  if (status === 403) return definite(new McError('PERMISSION_DENIED', 'The account may not do this in BioStar (HTTP 403). Check its operator level.'));
  if (status === 404 || status === 405 || status === 501) return definite(new McError(about === 'login' ? 'SITE_ANSWER_INVALID' : 'NOT_SUPPORTED', `What answers there (HTTP ${status}) does not have that call. Check the domain and the port.`, { siteCode: '103' }));
  const what = isOurs ? 'without a response code' : 'with something that is not its API\'s JSON';
  const error = new McError('SITE_ANSWER_INVALID', `BioStar answered (HTTP ${status}) ${what}. Check the domain and the port.`);
  // What was a success for HTTP, or says nothing, may have acted.
  return { error, left: changes && (status < 400 || status === 408), again: false, sessionLost: false };
}

function byCode(code: string, status: number, changes: boolean): Refusal {
  const known = meaningOf(code);
  const [meaning, words] = known ?? ['SITE_ANSWER_INVALID', `BioStar refused the request (HTTP ${status}).`];
  // What is no code may be anything, a person's name or a session.
  const shown = /^[\w.-]{1,12}$/.test(code) ? code : '?';
  const error = new McError(meaning, `${words} (BioStar code ${shown})`, { siteCode: shown });
  return {
    // A code that nobody knows, on a failing server, says nothing of what was done.
    error, left: changes && (DOUBTFUL.includes(code) || (known === null && status >= 500)), again: ['4', '1020'].includes(code), sessionLost: code === '10' || code === '11',
  };
}

function definite(error: McError, again = false): Refusal {
  return { error, left: false, again, sessionLost: false };
}

/** True for a call that this server does not have: 103, or no such path. A licence that lacks it is another matter. */
export function isMissingCall(error: unknown): boolean {
  return isMcError(error, 'NOT_SUPPORTED') && error.siteCode === '103';
}

/** True where an answer in parts says that all of it failed. */
export function allFailed({ code }: Envelope): boolean {
  return code === '8';
}
