import { type JsonObject, isObject } from '../json-answer';
import type { BiostarApi } from './biostar-api';
import { countOf, isTrue, textOf } from './envelope';

/** What of a server's settings matters here (suprema-api A5, A8). */
export interface ServerSettings {
  mobile: {
    configured: boolean;
    siteId: string | null;
    siteType: 'REGULAR' | 'DYNAMIC' | null;
  };
  /** User IDs may hold letters. */
  alphanumericIds: boolean;
  idleSeconds: number | null;
}

/** Reads `GET /api/setting/biostar`. */
export async function readServerSettings(api: BiostarApi): Promise<ServerSettings> {
  const { body } = await api.read('/api/setting/biostar');
  const biostar = objectAt(body, 'BioStar') ?? body;
  const mobile = objectAt(biostar, 'mobile') ?? {};
  const siteId = textOf(mobile['siteid']);
  const type = textOf(mobile['site_type'])?.toUpperCase();
  return {
    mobile: {
      configured: isTrue(mobile['use_mobile_credential']) && siteId !== null, siteId,
      siteType: type === 'REGULAR' || type === 'DYNAMIC' ? type : null,
    },
    alphanumericIds: isTrue(biostar['use_alphanumeric']),
    idleSeconds: countOf(biostar['session_timeout']),
  };
}

function objectAt(from: JsonObject, key: string): JsonObject | null {
  const found = from[key];
  return isObject(found) ? found : null;
}
