import type { Clock } from '../../credential/clock';
import { isSuccess } from '../json-answer';
import type { Dialect } from '../site-calls';
import { statusOfRead } from './portal-answer';
import { type About, isDefinite, refusalOf } from './portal-refusal';

/** How the portal is spoken to (suprema-api B1.1): a bearer token, HTTP statuses, an envelope that may know better. */
export function portalDialect(clock: Clock): Dialect<About> {
  return {
    signed: (token) => ({ Authorization: `Bearer ${token}` }),
    refusal(answer, about, changes) {
      const status = changes ? answer.status : statusOfRead(answer);
      if (isSuccess(status)) return null;
      return {
        error: refusalOf(answer, status, about, clock.now()),
        left: !isDefinite(status), again: status === 429 || isDown(status), sessionLost: status === 401,
      };
    },
    isOutage: ({ status }) => isDown(status),
  };
}

function isDown(status: number): boolean {
  return status >= 500 && status !== 501;
}
