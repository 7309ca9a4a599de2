import { McError } from '../../credential/mc-error';
import type { SiteInfo } from '../../credential/site-port';
import type { JsonObject } from '../json-answer';
import { figureIn, idIn, textIn, timeZoneIn } from '../shapes';

/** The record of `GET /site/{id}` (suprema-api B1.1), checked. What it does not tell is null. */
export function figuresOf(record: JsonObject, siteId: string): SiteInfo {
  const figure = (name: string): number | null => {
    const value = record[name];
    const number = figureIn(value);
    if (number === null && value !== undefined && value !== null && value !== '') throw invalid(`${name} is no number`);
    return number;
  };
  const status = textIn(record['status']);
  if (status === null || status.length > 40) throw invalid('status is missing');
  const accessType = textIn(record['accessType'])?.toUpperCase();
  if (accessType !== 'REGULAR' && accessType !== 'DYNAMIC') throw invalid('accessType is neither REGULAR nor DYNAMIC');
  if ((idIn(record['id']) ?? siteId) !== siteId) throw invalid('id is another one');
  return {
    siteId, accessType, status, name: textIn(record['name']) ?? '', timeZone: timeZoneIn(record['timeZone']),
    credits: { card: figure('credit'), maintenance: figure('refill'), text: figure('smsCredit'), used: figure('used'), bought: figure('bought') },
  };
}

function invalid(why: string): McError {
  return new McError('SITE_ANSWER_INVALID', `The portal's answer about the site cannot be used: ${why}. Check the domain and the port.`);
}
