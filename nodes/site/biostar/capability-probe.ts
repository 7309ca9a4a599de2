import type { Capability } from '../../credential/site-port';
import { isMcError } from '../../credential/mc-error';
import type { Unavailable } from '../site';
import type { BiostarApi } from './biostar-api';

/** Questions that change nothing, each on a call that a capability stands on. */
const PROBES: readonly { capabilities: readonly Capability[]; ask: (api: BiostarApi) => Promise<unknown> }[] = [
  { capabilities: ['issue', 'reissue'], ask: (api) => api.read('/api/v2/cards/registered?card_id=1') },
  { capabilities: ['list'], ask: (api) => api.read('/api/cards?limit=1&offset=0&card_type=mobile') },
  { capabilities: ['blacklist'], ask: (api) => api.read('/api/cards/blacklist?limit=1&offset=0') },
  { capabilities: ['users'], ask: (api) => api.ask('/api/v2/users/search', { limit: 1, order_by: 'user_id:false' }) },
  { capabilities: ['doors'], ask: (api) => api.ask('/api/v2/doors/search', { limit: 1 }).catch(async (error: unknown) => {
    if (!isMcError(error, 'NOT_SUPPORTED')) throw error;
    await api.read('/api/doors?limit=1');
  }) },
  { capabilities: ['events'], ask: (api) => api.ask('/api/events/search', { Query: { limit: 1 } }) },
];

/** What a server turned out not to have (code 103, or a licence that it lacks), each with the reason in words. Not complete: a call failed in another way. */
export async function probe(api: BiostarApi): Promise<{ lacks: Unavailable[]; isComplete: boolean }> {
  let isComplete = true;
  const found = await Promise.all(PROBES.map(async ({ capabilities, ask }): Promise<Unavailable[]> => {
    try {
      await ask(api);
      return [];
    } catch (error) {
      if (!isMcError(error, 'NOT_SUPPORTED')) {
        isComplete = false;
        return [];
      }
      return capabilities.map((capability) => ({ capability, reason: error.message }));
    }
  }));
  return { lacks: found.flat(), isComplete };
}
