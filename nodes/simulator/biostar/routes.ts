import { matchPath } from '../path-match';
import { BioStarError } from './biostar-error';
import { BLACKLIST_ROUTES } from './cards/blacklist-routes';
import { CARD_ROUTES } from './cards/card-routes';
import { CSV_ROUTES } from './csv/csv-routes';
import { DEVICE_ROUTES } from './doors/device-routes';
import { DOOR_ROUTES } from './doors/door-routes';
import { EVENT_ROUTES } from './events/event-routes';
import { GROUP_ROUTES } from './group-routes';
import { DELETED_ROUTES } from './mobile/deleted-routes';
import { MOBILE_ROUTES } from './mobile/mobile-routes';
import type { Route } from './route';
import { SESSION_ROUTES } from './session-routes';
import { SETTING_ROUTES } from './setting-routes';
import { USER_ROUTES } from './users/user-routes';

const ROUTES: readonly Route[] = [
  ...SESSION_ROUTES, ...SETTING_ROUTES, ...USER_ROUTES, ...CSV_ROUTES, ...GROUP_ROUTES, ...CARD_ROUTES, ...BLACKLIST_ROUTES, ...MOBILE_ROUTES,
  ...DELETED_ROUTES, ...DEVICE_ROUTES, ...DOOR_ROUTES, ...EVENT_ROUTES,
];

/** Paths where another method is answered with 102 instead of 103 (suprema-api A7, E17). */
const METHOD_TOLD = /^\/api\/(users|user_groups|access_groups|devices|cards(\/(un)?assigned)?|doors(\/\w+)?)$/;

export interface FoundRoute {
  route: Route;
  parameters: Record<string, string>;
  /** `POST /api/v2/mobile`, as faults and missing routes name it. */
  name: string;
}

/** Throws 103 for what the server does not know, 102 for another method on some lists. */
export function findRoute(method: string, path: string, missing: ReadonlySet<string>): FoundRoute {
  const there = ROUTES.flatMap((route) => {
    const parameters = matchPath(route.path, path, (part) => part);
    return parameters === null || missing.has(nameOf(route)) ? [] : [{ route, parameters, name: nameOf(route) }];
  });
  // A path that is written out is never taken for an id: GET /api/doors/open is no door.
  const exact = there.filter(({ route }) => route.path === path);
  const found = (exact.length === 0 ? there : exact).find(({ route }) => route.method === method);
  if (found !== undefined) return found;
  throw new BioStarError(exact.length > 0 && METHOD_TOLD.test(path) ? 102 : 103);
}

function nameOf({ method, path }: Route): string {
  return `${method} ${path}`;
}
