import { McError } from '../../credential/mc-error';
import type { SiteInfo } from '../../credential/site-port';
import { idOf, text } from './portal-credential';

/** The record of `GET /site/{id}` (suprema-api B1.1). Figures come as text or numbers; what is not told is null. */
export function figuresOf(record: Readonly<Record<string, unknown>>, siteId: string): SiteInfo {
  const status = text(record['status']);
  if (status === null) throw new McError('SITE_ANSWER_INVALID', 'The site did not tell its status. Check the domain.');
  return {
    siteId: idOf(record['id']) ?? siteId,
    name: text(record['name']) ?? '',
    accessType: text(record['accessType'])?.toUpperCase() === 'DYNAMIC' ? 'DYNAMIC' : 'REGULAR',
    status,
    credits: { card: figure(record['credit']), maintenance: figure(record['refill']), text: figure(record['smsCredit']), used: null, bought: null },
    timeZone: zone(record['timeZone']),
  };
}

function figure(value: unknown): number | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  return /^-?\d+(\.\d+)?$/.test(String(value).trim()) ? Number(value) : null;
}

function zone(value: unknown): string | null {
  const name = text(value);
  if (name === null) return null;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}
