/** The server's configuration (suprema-api A5, A8) as it is read and written. */
import { ok, record, type Json, type Route } from './wire';

export interface MobileSetting {
  use_mobile_credential: string;
  email: string;
  password: string;
  mc_server_addr: string;
  mc_port: string;
  siteid: string;
  site_type: string;
}

export interface Settings extends Record<string, unknown> {
  mobile: MobileSetting;
  use_alphanumeric: string | boolean;
  /** Seconds. */
  session_timeout: string | number;
  system_security: Json;
  licenses: { name: string; available: Json }[];
}

const MASK = '****************';

export function freshSettings(): Settings {
  return {
    mobile: {
      use_mobile_credential: '1', email: 'siteadmin@plant.example', password: 'a-Secret-of-the-site',
      mc_server_addr: 'https://api.mc.suprema.io', mc_port: '443', siteid: '4711', site_type: 'REGULAR',
    },
    support_mobile_credential: 'true', session_timeout: '216000', use_alphanumeric: 'false',
    user_sync_method: 1, user_by_device_sync_method: 0, log_sync_method: 1, web_request_timeout: '60',
    websocket_cors: '*', enable_websocket_connection_bsSessionId: 'false',
    system_security: {
      use_allow_login_failed: 'false', allow_login_failed_count: '5', allow_login_failed_minutes: '5',
      use_allow_simultaneous_connection: 'true',
    },
    licenses: [{ name: 'Standard', available: { MOBILE_CARD: 'true' } }],
  };
}

/** The mobile block is there and filled: without it, mobile calls are refused with 1400. */
export const configured = ({ mobile }: Settings): boolean => mobile.use_mobile_credential === '1' && mobile.siteid !== '';

export function settingRoutes(settings: Settings, version: () => string): Route[] {
  return [
    ['GET', '/api/setting/biostar', () => ok({ BioStar: { ...settings, mobile: { ...settings.mobile, password: MASK } } }, { asIs: true })],
    ['PUT', '/api/setting/biostar', ({ body }) => {
      const { mobile, ...rest } = record(body['BioStar']);
      Object.assign(settings, rest);
      // The masked password that was read comes back in what is written (suprema-api E20): it is not the password.
      const sent = Object.entries(record(mobile)).filter(([key, value]) => key !== 'password' || value !== MASK);
      Object.assign(settings.mobile, Object.fromEntries(sent));
      return ok();
    }],
    ['GET', '/js/info.json', () => ({ code: '0', response: 'none', file: { type: 'application/json', data: JSON.stringify({ version: version() }) } })],
  ];
}
