import { searched } from './event-query';
import type { Routes } from './route';
import { isFields, textAt } from './wire';

/** Session, settings and events (suprema-api A2, A5, A8, A9). */
export const SERVER_ROUTES: Routes = {
  'GET /js/info.json': (server) => ({ file: JSON.stringify({ version: server.version }) }),
  'POST /api/login': (server, { body }) => {
    const user = isFields(body['User']) ? body['User'] : {};
    const session = server.sessions.signIn(textAt(user, 'login_id'), textAt(user, 'password'));
    return {
      session,
      body: {
        User: { user_id: '1', name: 'Administrator', login_id: textAt(user, 'login_id'), permission: { id: '1', name: 'Administrator' }, disabled: 'false', need_to_update_pw: 'false' },
        version: { dbBiostarVersion: server.version, biostarVersion: server.version, isMatchVersion: 'true', notiPopupOpen: 'false' },
      },
    };
  },
  'POST /api/logout': (server, { session }) => {
    server.sessions.end(session);
    return {};
  },
  'GET /api/setting/biostar': (server) => ({
    body: {
      BioStar: {
        mobile: {
          use_mobile_credential: server.mobile.configured ? '1' : '0', email: server.portal.account.email, password: '****************',
          mc_server_addr: 'https://api.mc.suprema.io', mc_port: '443', siteid: server.portal.siteId, site_type: server.portal.accessType,
        },
        support_mobile_credential: 'true', session_timeout: String(server.sessions.idleSeconds), use_alphanumeric: String(server.users.alphanumeric),
        user_sync_method: 1, websocket_cors: '*', enable_websocket_connection_bsSessionId: 'false',
      },
    },
  }),
  'POST /api/events/search': (server, { body }) => {
    const rows = searched(server.events.all(), body);
    return { body: { EventCollection: { rows: rows.length === 0 ? '' : rows } } };
  },
  'GET /api/event_types': () => ({ body: { EventTypeCollection: { rows: [{ code: '4118', name: 'VERIFY_SUCCESS_MOBILE_CARD' }, { code: '6404', name: 'ACCESS_DENIED_BLACKLIST' }] } } }),
};
