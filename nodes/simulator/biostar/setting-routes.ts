import type { BioStar } from './biostar';
import { DEMO_ACCOUNT } from '../portal/account';
import type { Answer, Asked, Route } from './route';
import { flagOf, numberOf, objectOf, textOf } from './wire';

/** The server's configuration (suprema-api A5, A8). */
export const SETTING_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/api/setting/biostar', style: 'v1', handle: read },
  { method: 'PUT', path: '/api/setting/biostar', style: 'v1', handle: write },
];

function read({ settings, portal }: BioStar): Answer {
  return {
    body: {
      BioStar: {
        mobile: {
          use_mobile_credential: settings.useMobileCredential ? 1 : 0, email: DEMO_ACCOUNT.email, password: '****************',
          mc_server_addr: 'https://api.mc.suprema.io', mc_port: 443, siteid: settings.mobileSiteId ?? portal.siteId, site_type: portal.accessType,
        },
        support_mobile_credential: settings.mobileLicence && settings.licence, session_timeout: settings.sessionTimeout, use_alphanumeric: settings.useAlphanumeric,
        user_sync_method: 1, user_by_device_sync_method: 0, log_sync_method: 0, websocket_cors: '*', enable_websocket_connection_bsSessionId: false,
        web_request_timeout: 60, licenses: [{ available: { MOBILE_CARD: settings.mobileLicence && settings.licence } }],
        system_security: {
          use_allow_login_failed: true, allow_login_failed_count: 5, allow_login_failed_minutes: 5,
          use_allow_simultaneous_connection: settings.allowSimultaneousConnection,
        },
      },
    },
  };
}

/** Partial. The vendor's own sample of it carries the whole `mobile` block (suprema-api E20). */
function write({ settings }: BioStar, { body }: Asked): Answer {
  const asked = objectOf(body['BioStar']);
  const mobile = objectOf(asked['mobile']);
  if (asked['use_alphanumeric'] !== undefined) settings.useAlphanumeric = flagOf(asked['use_alphanumeric']);
  settings.sessionTimeout = numberOf(asked['session_timeout']) ?? settings.sessionTimeout;
  if (mobile['use_mobile_credential'] !== undefined) settings.useMobileCredential = flagOf(mobile['use_mobile_credential']);
  settings.mobileSiteId = textOf(mobile['siteid']) || settings.mobileSiteId;
  return {};
}
