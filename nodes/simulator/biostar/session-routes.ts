import type { BioStar } from './biostar';
import { USER_GROUPS } from './groups';
import type { Answer, Asked, Route } from './route';
import { DEMO_BIOSTAR_LOGIN } from './sessions';
import { v1Time } from './times';
import { FIRST_START, USUAL_EXPIRY } from './users/user';
import { objectOf, textOf } from './wire';

/** Login and logout (suprema-api A2, E1, E2). */
export const SESSION_ROUTES: readonly Route[] = [
  { method: 'POST', path: '/api/login', style: 'v1', public: true, handle: login },
  {
    method: 'POST', path: '/api/logout', style: 'v1',
    handle: ({ sessions }, { session }) => {
      sessions.logout(session);
      return {};
    },
  },
];

function login({ sessions, settings }: BioStar, { body }: Asked): Answer {
  const { login_id: loginId, password } = objectOf(body['User']);
  const session = sessions.login(textOf(loginId), typeof password === 'string' ? password : '');
  return {
    headers: { 'bs-session-id': session, 'Set-Cookie': `bs-session-id=${session}; Path=/; HttpOnly` },
    body: {
      User: {
        user_id: 1, name: 'Administrator', email: '', login_id: DEMO_BIOSTAR_LOGIN, permission: { id: 1, name: 'Administrator', module: [], filter: {} },
        user_group_id: USER_GROUPS[0], start_datetime: v1Time(FIRST_START), expiry_datetime: v1Time(USUAL_EXPIRY), disabled: false, expired: false,
        card_count: 0, access_groups: [], need_to_update_pw: false,
      },
      version: { dbBiostarVersion: settings.version, biostarVersion: settings.version, isMatchVersion: true, notiPopupOpen: false },
    },
  };
}
