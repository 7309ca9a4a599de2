import type { BioStar } from '../biostar';
import { BioStarError } from '../biostar-error';
import type { Answer, Asked, Route } from '../route';
import { idOf, idsOf, objectOf } from '../wire';
import { listOf } from './card-routes';

/** The blacklist, by internal ids; not idempotent (suprema-api A4.5, E19). */
export const BLACKLIST_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/api/cards/blacklist', style: 'v1', handle: listOf(({ blocked }) => blocked) },
  { method: 'POST', path: '/api/cards/blacklist', style: 'v1', handle: block },
  { method: 'DELETE', path: '/api/cards/blacklist', style: 'v1', handle: unblock },
];

function block({ cards }: BioStar, { body }: Asked): Answer {
  const id = idOf(objectOf(body['Blacklist'])['card_id']);
  if (id === '') throw new BioStarError(262203);
  const card = cards.withId(id);
  if (card === undefined) throw new BioStarError(262202);
  cards.block(card);
  return {};
}

/** An unknown id refuses all; cards that are not blocked do so only where none is. */
function unblock({ cards }: BioStar, { query }: Asked): Answer {
  const asked = idsOf(query.get('id'));
  if (asked.length === 0) throw new BioStarError(262203);
  if (asked.some((id) => !/^\d+$/.test(id))) throw new BioStarError(262204);
  const found = asked.map((id) => {
    const card = cards.withId(id);
    if (card === undefined) throw new BioStarError(262202);
    return card;
  });
  if (!found.some(({ blocked }) => blocked)) throw new BioStarError(262204);
  for (const card of found) cards.unblock(card);
  return {};
}
