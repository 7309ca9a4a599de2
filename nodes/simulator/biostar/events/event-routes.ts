import { type Route, v1Rows } from '../route';
import { objectOf } from '../wire';
import { EVENT_NAMES } from './event-codes';
import { searchEvents } from './event-search';

/** Events (suprema-api A9). */
export const EVENT_ROUTES: readonly Route[] = [
  {
    method: 'POST', path: '/api/events/search', style: 'v1',
    handle: (biostar, { body }) => ({ body: { EventCollection: v1Rows(biostar, searchEvents(biostar.events.rows, objectOf(body['Query'])), 'absent') } }),
  },
  {
    method: 'POST', path: '/api/events/start', style: 'v1',
    handle: ({ sockets }, { session }) => {
      sockets.start(session);
      return {};
    },
  },
  {
    method: 'GET', path: '/api/event_types', style: 'v1',
    handle: () => {
      const rows = Object.entries(EVENT_NAMES).map(([code, name]) => ({ code, name, description: name, alertable: false, enable_alert: false }));
      return { body: { EventTypeCollection: { total: rows.length, rows } } };
    },
  },
];
