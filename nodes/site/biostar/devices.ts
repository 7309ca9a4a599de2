import type { RegisteredReader } from '../../credential/site-port';
import type { BiostarApi } from './biostar-api';
import { isMissingCall } from './biostar-dialect';
import { rowsIn, textOf } from './envelope';

/** The readers of a server: BioStar itself registers them for its site (suprema-api A7, C11). */
export async function devices(api: BiostarApi): Promise<RegisteredReader[]> {
  const { body } = await api.ask('/api/v2/devices/search', { limit: 0, order_by: 'id:false' }).catch((error: unknown) => {
    if (!isMissingCall(error)) throw error;
    return api.read('/api/devices');
  });
  return rowsIn(body, 'DeviceCollection').flatMap((row) => {
    const device = textOf(row['id']);
    return device === null ? [] : [{ device, name: textOf(row['name']) }];
  });
}
