import { McError } from '../../credential/mc-error';
import type { HttpAnswer } from '../http-client';
import { isObject, type JsonObject } from '../json-answer';
import type { SiteSettings } from '../site-settings';
import { envelopeOf, isTrue, textOf } from './envelope';

/** What a login tells (suprema-api A2, E2). */
export interface LoginFacts {
  sessionId: string;
  /** The server's version, or null. */
  version: string | null;
}

/** The body of `POST /api/login`. */
export function loginBody({ email, password }: Pick<SiteSettings, 'email' | 'password'>): JsonObject {
  return { User: { login_id: email, password } };
}

/** SITE_ANSWER_INVALID without a session, ACCOUNT_LOCKED where the password has to be changed first. */
export function loginFacts(answer: HttpAnswer): LoginFacts {
  const { body, headers } = envelopeOf(answer);
  const user = body['User'];
  if (isObject(user) && isTrue(user['need_to_update_pw'])) {
    throw new McError('ACCOUNT_LOCKED', 'BioStar wants a new password for this account first. Sign in there once and change it.');
  }
  const sessionId = headers['bs-session-id'] ?? '';
  if (!/^[\x21-\x7e]{1,200}$/.test(sessionId)) {
    throw new McError('SITE_ANSWER_INVALID', 'The server let the account in without giving a session. Check the domain and the port: is it BioStar?');
  }
  const version = body['version'];
  return { sessionId, version: isObject(version) ? textOf(version['biostarVersion']) : null };
}
