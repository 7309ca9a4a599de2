import { BiostarError } from './biostar-error';
import type { BiostarServer } from './biostar-server';
import type { SimulatedCard } from './cards';
import type { Handler, Routes } from './route';
import { cardRow } from './rows';
import { collection, idAt, idsOf, pagingIn, part, rowsAt, textAt } from './wire';

/** Cards, the blacklist, and mobile cards by way of the portal (suprema-api A4, A6). */
export const CARD_ROUTES: Routes = {
  'GET /api/cards/types': () => ({ body: collection('CardTypeCollection', [{ id: '0', name: 'CSN', type: '1', mode: 'C' }, { id: '1', name: 'Wiegand', type: '10', mode: 'C' }, { id: '2', name: 'Secure Credential', type: '2', mode: 'S' }, { id: '3', name: 'Access on Card', type: '3', mode: 'A' }], null) }),
  'GET /api/v2/cards/registered': (server, { query }) => {
    const card = server.cards.withNumber(query.get('card_id') ?? '');
    return { short: true, body: card === undefined ? {} : { Card: { id: Number(card.uid), crdTypUid: Number(card.type), crdCsn: card.number } } };
  },
  'POST /api/cards': (server, { body }) => {
    const rows = rowsAt(body, 'CardCollection', 'rows');
    if (rows.length === 0) throw new BiostarError(30, 400, 'CardCollection.rows is missing.');
    const made = rows.map((row) => server.cards.create(textAt(row, 'card_id'), textAt(part(row, 'card_type'), 'type')));
    return { body: { CardCollection: { rows: made.map((card) => ({ id: card.uid, card_id: card.number })) } } };
  },
  'GET /api/cards': list(() => true),
  'GET /api/cards/assigned': list((card, server) => server.users.ownerOf(card.uid) !== undefined),
  'GET /api/cards/unassigned': list((card, server) => server.users.ownerOf(card.uid) === undefined),
  'GET /api/cards/blacklist': list(({ blocked }) => blocked),
  'POST /api/cards/blacklist': (server, { body }) => {
    server.cards.block(idAt(part(body, 'Blacklist'), 'card_id'));
    return {};
  },
  'DELETE /api/cards/blacklist': (server, { query }) => {
    server.cards.unblock(idsOf(query.get('id')));
    return {};
  },
  'POST /api/v2/mobile': (server, { body }) => {
    const card = server.mobile.issue(part(body, 'MobileCollection', 'mobile'));
    return {
      short: true,
      body: {
        MobileCollection: {
          listMobile: [{ apisnddt: new Date().toISOString(), userid: card.userKey, crdid: card.number, portalrslt: '' }],
          recordMobile: [{
            number: card.number, status: card.status, cardType: server.portal.accessType, startDate: String(card.startDate ?? 0), endDate: String(card.endDate ?? 253_402_300_799_000),
            name: card.name, department: card.department, title: card.title, issueCount: '1', cardAuthMode: '2', cardAuthModeEx: '21', mobileCardType: '4',
          }],
        },
      },
    };
  },
  'POST /api/v2/mobile/delete': (server, { body }) => {
    const mobile = part(body, 'MobileCollection', 'mobile');
    const users = server.mobile.delete(texts(mobile['card_id']), texts(mobile['user_id']));
    return { short: true, body: { failedUsers: [], failedCards: [], mobileUsers: users, status: 0, errorMessage: '' } };
  },
  'POST /api/v2/mobile/replace': (server, { body }) => {
    const whole = part(body, 'MobileCollection');
    const card = server.mobile.replace(texts(whole['delete_card_id'])[0] ?? '', part(whole, 'mobile'));
    return { body: { MobileCollection: { issued: { user_id: card.userKey, number: card.number, portalrslt: 'Y' }, delete_failed: [] } } };
  },
  'GET /api/v2/cards/mobile/search': (server, { query }) => {
    if (query.get('search_type') !== 'DELETED_CSN_MOBILE') throw new BiostarError(30, 400, 'Unknown search_type.');
    const rows = [...server.cards.register].flatMap((uid) => server.cards.all.get(uid) ?? [])
      .map((card) => ({ ...cardRow(server, card), user_id: server.users.ownerOf(card.uid)?.userId ?? '', user_name: server.users.ownerOf(card.uid)?.name ?? '' }));
    return { body: collection('CardCollection', rows, pagingIn(query)) };
  },
  'DELETE /api/v2/cards/mobile/enable': (server, { query }) => {
    server.cards.release(idsOf(query.get('id')));
    return { bare: true };
  },
  'POST /api/v2/cards/mobile/count': (server, { body }) => ({
    body: { CardCollection: { count: idsOf(textAt(body, 'cardUids')).filter((uid) => server.cards.register.has(uid)).length } },
  }),
};

/** `query` is looked for in card number, user ID and name, every term of it (E18). */
function list(wanted: (card: SimulatedCard, server: BiostarServer) => boolean): Handler {
  return (server, { query }) => {
    const terms = (query.get('query') ?? '').split(' ').filter((term) => term !== '');
    const types = (query.get('card_type') ?? '').split(/[ +]/).filter((type) => type !== '');
    const rows = [...server.cards.all.values()].filter((card) => {
      if (!wanted(card, server)) return false;
      if (types.length > 0 && !types.includes(card.type === '4' ? 'mobile' : 'csn')) return false;
      const owner = server.users.ownerOf(card.uid);
      const text = `${card.number}\n${owner?.userId ?? ''}\n${owner?.name ?? ''}`;
      return terms.every((term) => text.includes(term));
    });
    return { body: collection('CardCollection', rows.map((card) => cardRow(server, card)), pagingIn(query)) };
  };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? (value as unknown[]).filter((one) => typeof one === 'string' || typeof one === 'number').map(String) : [];
}
