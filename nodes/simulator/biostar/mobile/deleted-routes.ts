import type { BioStar } from '../biostar';
import { BioStarError } from '../biostar-error';
import type { Card } from '../cards/card';
import { CSN_MOBILE } from '../cards/card-types';
import type { Answer, Asked, Route } from '../route';
import { cut } from '../users/search-users';
import { idsOf, numberOf, textOf } from '../wire';

/** The register of deleted mobile cards (suprema-api A6.3). */
export const DELETED_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/api/v2/cards/mobile/search', style: 'v2', handle: search },
  { method: 'DELETE', path: '/api/v2/cards/mobile/enable', style: 'v2', handle: enable },
  { method: 'POST', path: '/api/v2/cards/mobile/count', style: 'short', handle: count },
];

function search({ cards }: BioStar, { query }: Asked): Answer {
  if (query.get('search_type') !== 'DELETED_CSN_MOBILE') throw new BioStarError(30);
  const { total, rows } = cut(cards.quarantined(), numberOf(query.get('limit')), numberOf(query.get('offset')) ?? 0);
  return { body: { CardCollection: { total, rows: rows.map(row) } } };
}

/** Here `user_id` is plain text (suprema-api A6.3). */
function row({ id, number, quarantined }: Card): Record<string, unknown> {
  const { name, type } = CSN_MOBILE;
  return {
    id, card_id: number, display_card_id: number, user_id: quarantined?.userId ?? '', user_name: quarantined?.userName ?? '',
    card_type: { id: CSN_MOBILE.id, name, type },
  };
}

/** `*` is all; an id that is not on the register changes nothing. */
function enable({ cards }: BioStar, { query }: Asked): Answer {
  const asked = idsOf(query.get('id'));
  if (asked.length === 0) throw new BioStarError(30);
  for (const card of cards.quarantined()) if (asked.includes('*') || asked.includes(String(card.id))) cards.release(card);
  return { bare: true };
}

function count({ cards }: BioStar, { body }: Asked): Answer {
  const asked = new Set(idsOf(textOf(body['cardUids'])));
  const known = new Set([...cards.quarantined(), ...cards.all().filter(({ type }) => type === CSN_MOBILE)].map(({ id }) => String(id)));
  return { body: { CardCollection: { count: [...asked].filter((id) => known.has(id)).length } } };
}
