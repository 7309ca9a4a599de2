import assert from 'node:assert/strict';
import { cardOf, Client, EventSocket, mobileOf, person } from './biostar-client';
import { type Started, startSimulator, until } from './start-simulator';

const NUMBER = '70310044120018';
const OTHER = '70310044120019';

describe('simulator: BioStar', () => {
  let started: Started;
  let client: Client;
  let ask: Client['ask'];

  beforeEach(async () => {
    started = await startSimulator();
    client = await Client.open(started.httpPort);
    ask = client.ask.bind(client);
  });

  const codes = async (...calls: [string, string, unknown?][]): Promise<string[]> => {
    const found: string[] = [];
    for (const [method, path, body] of calls) {
      const { status, code } = await ask(method, path, body);
      found.push(`${status} ${code}`);
    }
    return found;
  };

  describe('session', () => {
    it('is opened by a login and named in a header', async () => {
      const { status, json, headers } = await client.login();
      assert.equal(status, 200);
      assert.match(headers.get('bs-session-id') ?? '', /^[0-9a-f]{32}$/);
      assert.deepEqual(json.Response, { code: '0', link: 'https://support.supremainc.com/en/support/home', message: 'Success' });
      assert.equal(json.User.login_id, 'demo');
      assert.equal(json.version.isMatchVersion, 'true');
      assert.equal(json.version.biostarVersion, (await new Client(started.httpPort).ask('GET', '/js/info.json')).json.version);
      assert.equal((await client.login('portal-to-door-demo', 'demo@portal-to-door.example')).status, 200);
    });

    it('is refused with 101, after five times with 113, until the time is over', async () => {
      let now = Date.now();
      const { httpPort } = await startSimulator({}, { now: () => now });
      const other = new Client(httpPort);
      for (let tries = 0; tries < 5; tries += 1) {
        const { status, code, headers } = await other.login('wrong');
        assert.deepEqual([status, code, headers.get('connection')], [400, '101', 'close']);
      }
      assert.equal((await other.login()).code, '113');
      now += 5 * 60_000;
      assert.equal((await other.login()).code, '0');
    });

    it('gets 10 where it is unknown and 11 where it is over', async () => {
      const nobody = new Client(started.httpPort);
      assert.deepEqual([(await nobody.ask('GET', '/api/users')).status, (await nobody.ask('GET', '/api/users')).code], [401, '10']);
      started.simulator.biostar.expireSessions();
      assert.deepEqual(await codes(['GET', '/api/users'], ['GET', '/api/users']), ['401 11', '401 11']);
      await client.login();
      assert.deepEqual(await codes(['GET', '/api/users'], ['POST', '/api/logout'], ['GET', '/api/users']), ['200 0', '200 0', '401 10']);
    });

    it('ends when it idles, and with another login where only one is allowed', async () => {
      let now = Date.now();
      const { httpPort, simulator } = await startSimulator({}, { now: () => now });
      const first = await Client.open(httpPort);
      simulator.biostar.settings.sessionTimeout = 60;
      now += 60_000;
      assert.equal((await first.ask('GET', '/api/users')).code, '0');
      now += 61_000;
      assert.equal((await first.ask('GET', '/api/users')).code, '11');
      simulator.biostar.settings.allowSimultaneousConnection = false;
      await first.login();
      await Client.open(httpPort);
      assert.equal((await first.ask('GET', '/api/users')).code, '10');
    });
  });

  it('answers what it does not know as the server does', async () => {
    started.simulator.biostar.missingRoutes.add('POST /api/v2/mobile/replace');
    assert.deepEqual(await codes(
      ['GET', '/api/users/'], ['GET', '/api/nothing'], ['GET', '/api/cards/311'], ['PUT', '/api/cards/blacklist', {}], ['POST', '/api/v2/mobile/replace', {}],
      ['PATCH', '/api/users'], ['POST', '/api/cards/assigned', {}], ['GET', '/api/doors/open'],
      ['POST', '/api/users', '{'], ['POST', '/api/users', '[]'], ['POST', '/api/v2/users/search', '{'],
    ), ['400 103', '400 103', '400 103', '400 103', '400 103', '400 102', '400 102', '400 102', '400 700', '400 700', '500 1000']);
  });

  it('tells its settings and the portal it is tied to, as text', async () => {
    const { json } = await ask('GET', '/api/setting/biostar');
    const { mobile, session_timeout: timeout, use_alphanumeric: alphanumeric } = json.BioStar;
    assert.deepEqual([timeout, alphanumeric], ['216000', 'false']);
    assert.deepEqual([mobile.use_mobile_credential, mobile.siteid, mobile.site_type, mobile.password], ['1', '1001', 'REGULAR', '****************']);
    started.simulator.portal.changeSite({ accessType: 'DYNAMIC' });
    assert.equal((await ask('GET', '/api/setting/biostar')).json.BioStar.mobile.site_type, 'DYNAMIC');
  });

  describe('users', () => {
    it('are created, read, changed and deleted', async () => {
      const { status, json } = await client.user('4021');
      assert.deepEqual([status, json.UserCollection], [200, { total: '1', rows: [{ user_id: '4021', name: 'Person_4021' }] }]);
      const { User: user } = (await ask('GET', '/api/users/4021')).json;
      assert.deepEqual([user.start_datetime, user.disabled, user.user_group_id, user.cards], ['2020-01-01T00:00:00.00Z', 'false', { id: '1', name: 'All Users' }, '']);
      assert.equal((await ask('PUT', '/api/users/4021', { User: { phone: '+44 7700 900123', email: '' } })).code, '0');
      const changed = (await ask('GET', '/api/users/4021')).json.User;
      assert.deepEqual([changed.phone, changed.email, changed.name, changed.updated_count], ['+44 7700 900123', '', 'Person_4021', '1']);
      assert.deepEqual(await codes(['DELETE', '/api/users?id=4021'], ['GET', '/api/users/4021'], ['DELETE', '/api/users?id=4021'], ['DELETE', '/api/users?id='], ['DELETE', '/api/users?id=1']),
        ['200 0', '404 201', '404 201', '400 30', '400 205']);
    });

    it('are created, changed and deleted in numbers, each by itself', async () => {
      const many = await ask('POST', '/api/users', { UserCollection: { rows: [person('7'), person('8'), person('7')] } });
      assert.deepEqual([many.code, many.json.UserCollection.rows.map((row: any) => row.ret_code)], ['1', ['0', '0', '202']]);
      const bulk = await ask('PUT', '/api/users/bulk', { UserCollection: { rows: [{ user_id: '7', name: 'Seven' }, { user_id: '99', name: 'x' }] } });
      assert.deepEqual([bulk.status, bulk.code, bulk.json.UserCollection.rows], [200, '1', [{ user_id: '7', ret_code: '0' }, { user_id: '99', ret_code: '201' }]]);
      assert.deepEqual(await codes(
        ['PUT', '/api/users/bulk', { UserCollection: { rows: [{ user_id: '99' }] } }],
        ['PUT', '/api/users/bulk', { UserCollection: { rows: Array.from({ length: 101 }, () => ({ user_id: '7' })) } }],
        ['DELETE', '/api/users?id=7+8'],
      ), ['200 8', '400 700', '200 0']);
      assert.equal((await ask('PUT', '/api/users?id=1+99', { User: { department: 'Office' } })).json.FailedUserCollection.total, '1');
      assert.equal((await ask('DELETE', '/api/users?id=*')).code, '0');
      assert.equal((await ask('GET', '/api/users')).json.UserCollection.total, '1');
    });

    const BAD: [object, string][] = [
      [{ user_id: 'A12' }, '400 131073'], [{ user_id: '0' }, '400 131073'], [{ user_id: '4294967296' }, '400 131073'], [{ user_id: '1' }, '400 202'],
      [{ name: 'x'.repeat(49) }, '400 131094'], [{ name: "O'Hara" }, '400 131074'], [{ email: 'nobody' }, '400 131079'], [{ phone: 'call me' }, '400 131077'],
      [{ user_group_id: { id: '77' } }, '400 600'], [{ access_groups: [{ id: '77' }] }, '400 603'], [{ start_datetime: '2000-12-31T23:59:00.00Z' }, '400 131085'],
      [{ expiry_datetime: '2038-01-01T00:00:00.00Z' }, '400 131085'], [{ expiry_datetime: '2019-01-01T00:00:00.00Z' }, '400 131086'], [{ user_title: 'x'.repeat(65) }, '400 131075'],
      [{ pin: '12x4' }, '400 131081'], [{ permission: { id: '1' } }, '400 131083'], [{ password: 'xabc' }, '400 222'], [{ email: 'USER5@example.com' }, '400 212'],
      [{ disabled: '', access_groups: [{ id: '' }] }, '200 0'],
    ];
    for (const [more, expected] of BAD) {
      it(`answers ${expected} to ${JSON.stringify(more).slice(0, 60)}`, async () => {
        await client.user('5');
        const { status, code } = await client.user('4021', more);
        assert.equal(`${status} ${code}`, expected);
      });
    }

    it('may not be changed beyond the rules of an update', async () => {
      await client.user('4021', { user_id: '4021' });
      assert.deepEqual(await codes(
        ['PUT', '/api/users/4021', { User: { user_id: '4022' } }], ['PUT', '/api/users/4021', { User: { pin: '123' } }],
        ['PUT', '/api/users/4021', { User: { start_datetime: '2001-01-01T00:00:00.00Z' } }], ['PUT', '/api/users/9', { User: {} }],
      ), ['400 207', '400 131080', '400 131085', '404 201']);
      started.simulator.biostar.settings.useAlphanumeric = true;
      assert.equal((await client.user('A12')).code, '0');
    });

    it('are listed on v1 and searched on v2, in pages', async () => {
      for (const id of ['10', '9', '100']) await client.user(id, { user_group_id: { id: '2' } });
      const page = (await ask('GET', '/api/users?limit=2&offset=1&order_by=user_id:false')).json.UserCollection;
      assert.deepEqual([page.total, page.rows.map((row: any) => row.user_id)], ['4', ['9', '10']]);
      assert.equal('rows' in (await ask('GET', '/api/users?offset=9')).json.UserCollection, false);
      const found = (await ask('POST', '/api/v2/users/search', { limit: 0, user_group_id: 2, search_text: 'person_10' })).json;
      assert.deepEqual([found.UserCollection.total, found.UserCollection.rows.map((row: any) => row.user_id), found.Response.by], [2, ['10', '100'], 'web']);
      const [row] = found.UserCollection.rows;
      assert.deepEqual([row.disabled, row.expiry_datetime, row.mobile_count, 'phone' in row], [false, '2036-12-31T23:59:00', 0, false]);
      const advanced = await ask('POST', '/api/v2/users/advance_search', { limit: 2, offset: 2, order_by: 'user_id:false', user_operator_level_id: 0 });
      assert.deepEqual([advanced.json.UserCollection.total, advanced.json.UserCollection.rows.map((one: any) => one.user_id)], [4, ['10', '100']]);
      const ids = await ask('POST', '/api/v2/users/advance_search/ids', { user_access_group_ids: '1', user_name: 'Person' });
      assert.deepEqual(ids.json.ids, { total: 3, rows: ['9', '10', '100'] });
      assert.deepEqual(await codes(['POST', '/api/v2/users/search', {}], ['POST', '/api/v2/users/advance_search', { limit: 1 }]), ['400 30', '400 30']);
      assert.deepEqual((await ask('GET', '/api/users/next_user_id')).json, { User: { user_id: '101' }, Response: { code: '0' } });
    });

    it('belong to groups that can be looked up', async () => {
      const groups = (await ask('POST', '/api/v2/user_groups/search', { user_group_id_list: ['1'] })).json.UserGroupCollection;
      assert.deepEqual([groups.rows[0].id, groups.rows[0].name], [1, 'All Users']);
      const access = (await ask('POST', '/api/v2/access_groups/search', { limit: 0, order_by: 'id:false' })).json.AccessGroupCollection;
      assert.deepEqual([access.rows[0].id, access.rows[0].name], [1, 'Everyone']);
    });
  });

  describe('cards', () => {
    it('are created and found by number, by filter and by page', async () => {
      assert.deepEqual((await ask('GET', `/api/v2/cards/registered?card_id=${NUMBER}`)).json, { Response: { code: '0' } });
      assert.deepEqual((await ask('GET', '/api/cards?query=nothing')).json.CardCollection, { total: '0', rows: '' });
      const id = await client.card(NUMBER);
      assert.deepEqual((await ask('GET', `/api/v2/cards/registered?card_id=${NUMBER}`)).json, { Card: { id: Number(id), crdTypUid: 4, crdCsn: NUMBER }, Response: { code: '0' } });
      await client.card('1234567', 0);
      await client.user('4021');
      await client.assign('4021', id);
      const list = async (query: string): Promise<string[]> => {
        const { rows } = (await ask('GET', `/api/cards${query}`)).json.CardCollection;
        return rows === '' ? [] : rows.map((row: any) => `${row.card_id} ${row.status}`);
      };
      assert.deepEqual(await list(''), [`${NUMBER} 1`, '1234567 0']);
      assert.deepEqual(await list('?card_type=mobile'), [`${NUMBER} 1`]);
      assert.deepEqual(await list('?query=person_4021'), [`${NUMBER} 1`]);
      assert.deepEqual(await list('?limit=1'), [`${NUMBER} 1`, '1234567 0'], 'a limit alone is no page');
      assert.deepEqual(await list('?limit=1&offset=1'), ['1234567 0']);
      assert.deepEqual([await list('/assigned'), await list('/unassigned')], [[`${NUMBER} 1`], ['1234567 0']]);
      assert.equal((await ask('GET', '/api/cards/types')).json.CardTypeCollection.total, '4');
    });

    it('have numbers by the rules, once', async () => {
      const make = (number: string, type: 0 | 4, more = {}): [string, string, unknown] => ['POST', '/api/cards', { CardCollection: { rows: [{ ...cardOf(number, type), ...more }] } }];
      assert.deepEqual(await codes(make('0123', 0), make('12AB', 0), make('1'.repeat(33), 0), make('', 0), make('12', 0), make('12', 4), make('13', 4, { isTitle: undefined }), make('13', 0, { card_type: { id: '77' } })),
        ['400 415', '400 415', '400 415', '400 131095', '200 0', '409 65651', '400 30', '400 30']);
    });

    it('are deleted while nobody has them', async () => {
      const id = await client.card('101', 0);
      await client.user('7');
      await client.assign('7', id);
      assert.deepEqual(await codes(['DELETE', `/api/cards/unassigned?id=${id}`], ['PUT', '/api/users/7', { User: { cards: [] } }], ['DELETE', `/api/cards/unassigned?id=${id}`]), ['404 400', '200 0', '200 0']);
      assert.deepEqual((await ask('GET', '/api/v2/cards/registered?card_id=101')).json, { Response: { code: '0' } });
    });

    it('are assigned by internal id, as a whole list, and never to two', async () => {
      await client.user('7');
      await client.user('8');
      const [one, two] = [await client.card('101', 0), await client.card('102', 0)];
      assert.equal((await client.assign('7', one, two)).code, '0');
      assert.equal((await client.assign('8', one)).code, '408');
      assert.equal((await client.assign('8', '999')).code, '400');
      assert.equal((await client.assign('7', two)).code, '0');
      assert.deepEqual((await ask('GET', '/api/users/7')).json.User.cards.map((card: any) => card.card_id), ['102']);
      assert.equal((await client.assign('8', one)).code, '0');
      const more: string[] = [];
      for (let number = 201; number < 210; number += 1) more.push(await client.card(String(number), 0));
      assert.equal((await client.assign('7', ...more)).code, '30');
      assert.equal((await client.assign('7', ...more.slice(1), await client.card(NUMBER))).code, '0', 'eight and a mobile one');
      assert.equal((await client.assign('8', await client.card('301'), await client.card('302'))).code, '262189');
    });

    it('go on the blacklist and off it by internal id, and not twice', async () => {
      const ids = [await client.card('101', 0), await client.card('102', 0)];
      const block = (id: unknown): [string, string, unknown] => ['POST', '/api/cards/blacklist', { Blacklist: { card_id: { id } } }];
      assert.deepEqual(await codes(block(ids[0]), block(ids[0]), block('999'), block('')), ['200 0', '500 262201', '500 262202', '500 262203']);
      const [row] = (await ask('GET', '/api/cards/blacklist?limit=1000&offset=0')).json.CardCollection.rows;
      assert.deepEqual([row.id, row.status, row.is_blocked], [ids[0], '2', 'true']);
      const off = (id: string): [string, string] => ['DELETE', `/api/cards/blacklist?id=${id}`];
      assert.deepEqual(await codes(off(''), off('x'), off(`${ids[0]}+999`), off(ids.join('+')), off(ids.join('+'))),
        ['500 262203', '500 262204', '500 262202', '200 0', '500 262204']);
      const { cards } = started.simulator.biostar;
      for (const card of Array.from({ length: 1000 }, (_, index) => cards.create(String(5000 + index), cards.all()[0]!.type))) cards.block(card);
      assert.deepEqual(await codes(block(ids[0])), ['500 65709']);
    });
  });

  describe('mobile cards', () => {
    it('are issued by the one portal: credit, message, record', async () => {
      await client.user('4021');
      const id = await client.card(NUMBER);
      const { status, json } = await client.mobile('4021', NUMBER);
      assert.equal(status, 200);
      const { listMobile, recordMobile } = json.MobileCollection;
      assert.deepEqual({ ...listMobile[0], apisnddt: '' }, { apisnddt: '', userid: '4021', crdid: NUMBER, portalrslt: '' });
      assert.deepEqual(recordMobile, [{
        number: NUMBER, status: 'INACTIVE', cardType: 'REGULAR', startDate: '0', endDate: '253402300799000', startTime: '978307200000', endTime: '1924991940000',
        name: 'Person_4021', department: '', title: '', issueCount: '1', cardAuthMode: '2', cardAuthModeEx: '21', mobileCardType: '4',
      }]);
      assert.deepEqual(json.Response, { code: '0' });
      await client.assign('4021', id);
      const { portal } = started.simulator;
      assert.deepEqual([portal.credits, portal.book.withNumber(NUMBER)?.userKey, portal.mailbox.messages[0]?.to], [4, '4021', 'user4021@example.com']);
      assert.equal((await ask('POST', '/api/v2/users/search', { search_text: '4021' })).json.UserCollection.rows[0].mobile_count, 1);
    });

    it('are refused with the code of the cause, and cost nothing then', async () => {
      const { portal, biostar } = started.simulator;
      const refused = async (expected: string, number = NUMBER, user = '4021', more = {}): Promise<void> => { assert.equal((await client.mobile(user, number, more)).code, expected); };
      biostar.settings.useMobileCredential = false;
      await refused('1400');
      biostar.settings.useMobileCredential = true;
      biostar.settings.mobileSiteId = '1';
      await refused('1404');
      biostar.settings.mobileSiteId = null;
      portal.setOnline(false);
      await refused('2000');
      portal.setOnline(true);
      portal.changeSite({ status: 'PAYMENT_REQUIRED' });
      await refused('2000');
      portal.changeSite({ status: 'ACTIVATED', accessType: 'DYNAMIC' });
      await refused('30', NUMBER, '4021', { startDate: [null] });
      assert.equal((await client.mobile('4021', NUMBER)).json.MobileCollection.recordMobile[0].endDate, '1798761600000');
      await refused('u1001', NUMBER, '4022');
      await refused('u1001', OTHER, '4021');
      await refused('2007', OTHER, '4022', { email: ['user4021@example.com'] });
      await refused('2007', OTHER, '');
      await refused('30', OTHER, '4022', { startTime: [] });
      biostar.settings.licence = false;
      const { status, json } = await client.mobile('4022', OTHER);
      assert.deepEqual([status, json.code, json.by, 'Response' in json], [403, '331791', 'web', false]);
      biostar.settings.licence = true;
      assert.equal(portal.credits, 4);
      portal.buyCredits(-4);
      await refused('1403', OTHER, '4022');
    });

    it('are one a user', async () => {
      await client.issue('4021', NUMBER);
      assert.equal((await client.mobile('4021', OTHER)).code, '262189');
    });

    it('are deleted at the portal alone, and their numbers are kept back', async () => {
      const id = await client.issue('4021', NUMBER);
      await client.user('4022');
      const remove = (mobile: object): ReturnType<Client['ask']> => ask('POST', '/api/v2/mobile/delete', { MobileCollection: { mobile } });
      const nothing = { failedUsers: [], failedCards: [], mobileUsers: [], status: 0, errorMessage: '', Response: { code: '0' } };
      assert.deepEqual((await remove({ card_id: ['999'], user_id: [] })).json, { ...nothing, failedCards: ['999'] });
      assert.deepEqual((await remove({ card_id: [], user_id: ['4021', '5'] })).json, { ...nothing, mobileUsers: ['4021'], failedUsers: ['5'] });
      assert.equal(started.simulator.portal.book.size, 0);
      assert.equal((await ask('GET', '/api/users/4021')).json.User.cards[0].id, id, 'it stays on the user');
      await client.assign('4021');
      const search = (): ReturnType<Client['ask']> => ask('GET', '/api/v2/cards/mobile/search?limit=50&offset=0&search_type=DELETED_CSN_MOBILE');
      const { rows, total } = (await search()).json.CardCollection;
      assert.deepEqual([total, rows], [1, [{ id: Number(id), card_id: NUMBER, display_card_id: NUMBER, user_id: '4021', user_name: 'Person_4021', card_type: { id: 4, name: 'CSN Mobile', type: 4 } }]]);
      const make: [string, string, unknown] = ['POST', '/api/cards', { CardCollection: { rows: [cardOf(NUMBER, 4)] } }];
      assert.deepEqual(await codes(make, ['POST', '/api/v2/mobile', { MobileCollection: { mobile: mobileOf('4022', NUMBER) } }]), ['400 65749', '400 65749']);
      assert.equal((await ask('POST', '/api/v2/cards/mobile/count', { cardUids: `${id},999` })).json.CardCollection.count, 1);
      assert.deepEqual((await ask('DELETE', `/api/v2/cards/mobile/enable?id=${id},77`)).json, { code: '0' });
      assert.equal((await search()).json.CardCollection.total, 0);
      assert.deepEqual(await codes(make), ['200 0']);
    });

    it('are not kept back on a dynamic site', async () => {
      started.simulator.portal.changeSite({ accessType: 'DYNAMIC' });
      await client.issue('4021', NUMBER);
      await ask('POST', '/api/v2/mobile/delete', { MobileCollection: { mobile: { user_id: 'ALL', card_id: [], param: { UserIDs: 'ALL', query: { group_id: 1 } } } } });
      assert.deepEqual([started.simulator.portal.book.size, started.simulator.biostar.cards.quarantined().length], [0, 0]);
    });

    it('are replaced in one call, without a way back', async () => {
      await client.issue('4021', NUMBER);
      const replace = (old: string, number: string): ReturnType<Client['ask']> => ask('POST', '/api/v2/mobile/replace', { MobileCollection: { delete_card_id: [old], mobile: { user_id: ['4021'], card_id: [number] } } });
      const { json } = await replace(NUMBER, OTHER);
      assert.deepEqual(json.MobileCollection, { issued: { user_id: '4021', number: OTHER, portalrslt: 'Y' }, delete_failed: [] });
      assert.deepEqual([json.Response.by, json.Response.message], ['web', 'success']);
      const { portal } = started.simulator;
      assert.deepEqual([portal.credits, portal.book.ofUser('4021')?.number], [3, OTHER]);
      assert.equal((await replace('999', NUMBER)).code, '2000');
      portal.buyCredits(-3);
      assert.equal((await replace(OTHER, '555')).code, '1403');
      assert.equal(portal.book.size, 0);
    });

    it('go with their users, but the Administrator keeps theirs', async () => {
      await client.issue('4021', NUMBER);
      await client.user('4022');
      started.simulator.portal.setOnline(false);
      assert.equal((await ask('DELETE', '/api/users?id=4021')).code, '262191');
      started.simulator.portal.setOnline(true);
      const id = await client.card(OTHER);
      await client.mobile('1', OTHER);
      await client.assign('1', id);
      const { code, json } = await ask('DELETE', '/api/users?id=1+4021+4022');
      assert.deepEqual([code, json.UserCollection.rows.map((row: any) => row.ret_code)], ['1', ['205', '0', '0']]);
      assert.deepEqual(started.simulator.portal.book.all().map(({ userKey }) => userKey), ['1']);
      assert.deepEqual(started.simulator.biostar.cards.quarantined().map(({ number }) => number), [NUMBER]);
    });
  });

  describe('CSV', () => {
    const HEAD = 'user_id,name,email,csn,csn_mobile';
    const upload = async (text: string, name = 'users.csv'): Promise<string> => {
      const form = new FormData();
      form.append('file', new Blob([text]), name);
      return (await ask('POST', '/api/attachments', form)).json.filename as string;
    };
    const load = async (lines: string[], option: 1 | 2): ReturnType<Client['ask']> => {
      const uri = await upload([HEAD, ...lines].join('\r\n'));
      const columns = HEAD.split(',');
      return ask('POST', '/api/users/csv_import', { File: { fileName: uri, uri }, CsvOption: { start_line: 2, import_option: option }, Query: { headers: columns, columns } });
    };

    it('brings users in and issues their cards', async () => {
      assert.ok((await ask('GET', '/api/users/csv_option')).json.CsvOption.columns.includes('csn_mobile'));
      assert.equal((await load([`4021,"Okafor, Rae",rae@example.com,777,${NUMBER}`, '4022,Jürgen,j@example.com,,'], 1)).code, '0');
      const { User: user } = (await ask('GET', '/api/users/4021')).json;
      assert.deepEqual([user.name, user.cards.map((card: any) => card.card_id).sort()], ['Okafor, Rae', [NUMBER, '777']]);
      assert.equal((await ask('GET', '/api/users/4022')).json.User.name, 'Jürgen');
      assert.equal(started.simulator.portal.credits, 4);
    });

    it('keeps with Preserve and changes with Overwrite, where a new number costs a credit', async () => {
      await load([`4021,Rae,rae@example.com,,${NUMBER}`], 1);
      assert.equal((await load([`4021,Other,rae@example.com,,${OTHER}`], 1)).code, '0');
      assert.deepEqual([(await ask('GET', '/api/users/4021')).json.User.name, started.simulator.portal.credits], ['Rae', 4]);
      await load([`4021,Other,rae@example.com,,${NUMBER}`], 2);
      assert.deepEqual([(await ask('GET', '/api/users/4021')).json.User.name, started.simulator.portal.credits], ['Other', 4]);
      await load([`4021,Other,rae@example.com,,${OTHER}`], 2);
      assert.deepEqual([started.simulator.portal.book.ofUser('4021')?.number, started.simulator.portal.credits], [OTHER, 3]);
      assert.deepEqual((await ask('GET', '/api/users/4021')).json.User.cards.map((card: any) => card.card_id), [OTHER]);
    });

    it('tells the rows that failed and gives them in a file; each row is its own', async () => {
      const { status, code, json } = await load(["7,O'Hara,a@example.com,,", '8,Eight,b@example.com,,', `9,Nine,c@example.com,,0${NUMBER}`, `10,Ten,,,${NUMBER}`], 1);
      assert.deepEqual([status, code, json.CsvRowCollection], [200, '1', { total: '3', rows: ['2', '4', '5'] }]);
      const file = await ask('GET', `/download/${json.File.uri}`);
      assert.deepEqual(file.text.replace('\uFEFF', '').trim().split('\r\n'), [HEAD, "7,O'Hara,a@example.com,,", `9,Nine,c@example.com,,0${NUMBER}`, `10,Ten,,,${NUMBER}`]);
      assert.deepEqual(await codes(['GET', '/api/users/9'], ['GET', '/api/users/8'], ['GET', '/download/nothing.csv']), ['404 201', '200 0', '404 undefined']);
      assert.equal(started.simulator.portal.credits, 5);
      const none = await load(['0,Zero,,,'], 2);
      assert.deepEqual([none.status, none.code], [404, '8']);
    });

    it('goes on in the background after code 4', async () => {
      started.simulator.biostar.settings.csvTaskLimit = 5;
      const { code, json } = await load(Array.from({ length: 20 }, (_, index) => `${100 + index},Person,p${index}@example.com,,`), 1);
      assert.deepEqual([code, json.Response.task_id], ['4', '1']);
      assert.equal((await load(['7,Seven,,,'], 1)).code, '112');
      await until(async () => (await ask('GET', '/api/users?limit=1')).json.UserCollection.total === '21');
      await until(async () => (await load(['7,Seven,,,'], 1)).code === '0');
    });

    it('is refused where file, options or columns are wrong', async () => {
      await upload(HEAD);
      const order = (file: string, option: object, columns: string[]): [string, string, unknown] => ['POST', '/api/users/csv_import', { File: { fileName: file, uri: file }, CsvOption: option, Query: { headers: columns, columns } }];
      assert.deepEqual(await codes(
        order('other.csv', { start_line: 2, import_option: 1 }, ['user_id']), order('users.csv', { start_line: 2, import_option: 3 }, ['user_id']),
        order('users.csv', { start_line: 2, import_option: 1 }, ['name']), ['POST', '/api/attachments', {}],
      ), ['404 107', '400 30', '400 30', '400 30']);
    });

    it('takes users out', async () => {
      await client.issue('4021', NUMBER);
      const { json } = await ask('POST', '/api/users/csv_export?id=*', { Query: { offset: 0, columns: ['user_id', 'name', 'csn_mobile'], headers: ['ID', 'Name', 'Mobile'] } });
      const { text } = await ask('GET', `/download/${json.File.uri}`);
      assert.deepEqual(text.replace('\uFEFF', '').trim().split('\r\n'), ['ID,Name,Mobile', '1,Administrator,', `4021,Person_4021,${NUMBER}`]);
    });
  });

  describe('doors', () => {
    const order = (command: string, ids: unknown[], more = {}): ReturnType<Client['ask']> => ask('POST', `/api/doors/${command}`, { DoorCollection: { rows: ids.map((id) => ({ id })) }, ...more });
    const rowsOf = async (reply: ReturnType<Client['ask']>): Promise<unknown> => {
      const { code, json } = await reply;
      return [code, json.DoorResponse?.rows.map((row: any) => `${row.id} ${row.code}`)];
    };

    it('and devices are listed', async () => {
      const doors = (await ask('GET', '/api/doors?limit=0')).json.DoorCollection;
      assert.deepEqual(doors.rows.map((door: any) => [door.id, door.entry_device_id.id]), [['1', '541531001'], ['2', '541531002']]);
      assert.equal((await ask('POST', '/api/v2/doors/search', {})).json.DoorCollection.total, 2);
      assert.deepEqual([(await ask('GET', '/api/doors/2')).json.Door.name, (await ask('GET', '/api/doors/9')).code], ['Door 2', '601']);
      started.simulator.biostar.setDeviceConnected(2, false);
      assert.deepEqual((await ask('GET', '/api/devices')).json.DeviceCollection.rows.map((device: any) => device.status), ['1', '0', '1']);
      assert.deepEqual((await ask('POST', '/api/v2/devices/search', {})).json.DeviceCollection.rows.map((device: any) => device.status), [1, 0, 1]);
    });

    it('open for a moment, beside what drives them otherwise', async () => {
      started.simulator.biostar.settings.openMs = 30;
      assert.deepEqual(await rowsOf(order('open', [1])), ['0', ['1 0']]);
      const [door] = started.simulator.doors;
      assert.equal(door!.strikeOn, true);
      await until(() => !door!.strikeOn);
      assert.equal(door!.strikes, 1);
    });

    it('answer door by door', async () => {
      started.simulator.biostar.setDeviceConnected(2, false);
      assert.deepEqual(await rowsOf(order('open', [1, 2, 77])), ['5', ['1 0', '2 1001', '77 601']]);
      assert.deepEqual(await rowsOf(order('open', [2])), ['8', ['2 1001']]);
      assert.deepEqual(await rowsOf(order('open', [77])), ['0', undefined]);
      assert.deepEqual(await rowsOf(order('open', [])), ['0', undefined]);
      assert.deepEqual(await rowsOf(order('clear_alarm', [1])), ['8', ['1 9']]);
      assert.deepEqual(await rowsOf(ask('POST', '/api/doors/lock', { DoorGroupCollection: { rows: [{ id: 1 }] } })), ['5', ['1 0', '2 1001']]);
      assert.equal((await order('unlock', [1], { timeout: 0 })).code, '104');
      assert.equal('DeviceResponse' in (await order('unlock', [1])).json, false);
      assert.deepEqual((await order('release', [1])).json.DeviceResponse, { rows: [{ id: '541531001', code: '0' }], result: 'true' });
    });

    it('tell their state', async () => {
      const state = async (): Promise<unknown> => {
        const [row] = (await ask('POST', '/api/doors/status', {})).json.DoorStatusCollection.rows;
        return [row.opened, row.unlocked, row.alarm, row.status];
      };
      assert.deepEqual(await state(), ['false', 'false', 'false', '0']);
      await order('unlock', [1]);
      assert.deepEqual(await state(), ['false', 'true', 'false', '2048']);
      await order('lock', [1]);
      assert.deepEqual(await state(), ['false', 'false', 'false', '1024']);
      await order('release', [1]);
      started.simulator.doors[0]!.force();
      assert.deepEqual(await state(), ['true', 'false', 'true', '4']);
      const [row] = (await ask('POST', '/api/doors/status_ex', { status_ex_type: 1, DoorCollection: { rows: [{ id: 1 }] } })).json.DoorStatusExCollection.rows;
      assert.deepEqual([row.door_id, row.opened, row.alarm_flags], ['1', 'true', '4']);
    });
  });

  describe('events', () => {
    const found = async (query: object): Promise<string[]> => {
      const { rows } = (await ask('POST', '/api/events/search', { Query: query })).json.EventCollection;
      return (rows ?? []).map((row: any) => row.event_type_id.code);
    };

    it('tell what happens at readers and doors', async () => {
      const { simulator } = started;
      const id = await client.issue('4021', NUMBER);
      simulator.presentCard(1, NUMBER);
      simulator.activate(NUMBER);
      simulator.presentCard(1, NUMBER);
      simulator.presentCard(3, NUMBER);
      simulator.presentCard(1, '123');
      await ask('POST', '/api/cards/blacklist', { Blacklist: { card_id: { id } } });
      simulator.presentCard(1, NUMBER);
      await ask('DELETE', `/api/cards/blacklist?id=${id}`);
      await ask('PUT', '/api/users/4021', { User: { disabled: 'true' } });
      simulator.presentCard(1, NUMBER);
      simulator.doors[0]!.force();
      simulator.doors[0]!.close();
      simulator.doors[1]!.setTamper(true);
      await ask('DELETE', '/api/users?id=4021');
      const orders = [{ column: 'id', descending: false }];
      assert.deepEqual(await found({ limit: 50, orders }),
        ['8192', '8704', '4360', '4118', '4360', '6146', '6404', '8704', '6402', '20992', '21504', '22016', '21248', '22272', '16384', '9216']);
      assert.deepEqual(await found({ limit: 2 }), ['9216', '16384'], 'newest first');
      assert.deepEqual(await found({ conditions: [{ column: 'event_type_id.code', operator: 2, values: ['4118', 6404] }], orders }), ['4118', '6404']);
      assert.deepEqual(await found({ conditions: [{ column: 'user_id.user_id', operator: 0, values: ['4021'] }, { column: 'door_id.id', operator: 0, values: ['1'] }], orders }), ['4360', '4118', '6404', '6402']);
      assert.deepEqual(await found({ conditions: [{ column: 'id', operator: 5, values: ['14'] }], orders }), ['16384', '9216']);
      assert.deepEqual(await found({ conditions: [{ column: 'datetime', operator: 3, values: ['2001-01-01T00:00:00.000Z', '2001-01-02T00:00:00.000Z'] }] }), []);
      assert.equal((await ask('POST', '/api/events/search', { Query: { conditions: [{ column: 'id', operator: 9, values: [] }] } })).code, '30');
      const [row] = (await ask('POST', '/api/events/search', { Query: { conditions: [{ column: 'event_type_id.code', operator: 0, values: ['4118'] }] } })).json.EventCollection.rows;
      assert.deepEqual([row.id, row.user_id, row.device_id, row.door_id], ['4', { user_id: '4021', name: 'Person_4021', photo_exists: 'false' }, { id: '541531001', name: 'Reader 1' }, [{ id: '1', name: 'Door 1' }]]);
      assert.ok((await ask('GET', '/api/event_types')).json.EventTypeCollection.rows.some((type: any) => type.code === '6404'));
    });

    it('tell of doors that are commanded and held', async () => {
      Object.assign(started.simulator.biostar.settings, { openMs: 60, heldOpenMs: 20 });
      await ask('POST', '/api/doors/open', { DoorCollection: { rows: [{ id: 1 }] } });
      started.simulator.doors[0]!.open();
      await until(async () => (await found({})).length === 6);
      assert.deepEqual(await found({ orders: [{ column: 'datetime', descending: false }] }), ['24320', '20480', '20992', '21760', '22528', '20736']);
      started.simulator.doors[0]!.close();
      assert.deepEqual(await found({ limit: 2 }), ['22784', '21248']);
    });

    it('come over the socket in the documented order of steps only', async () => {
      const socket = await EventSocket.open(started.httpPort);
      const press = (): void => { started.simulator.presentCard(1, '123'); };
      await ask('POST', '/api/events/start', {});
      socket.socket.send('bs-session-id=00000000000000000000000000000000');
      await until(() => socket.frames.length === 1);
      assert.equal(socket.frames[0].Response.code, '1101');
      socket.socket.send(`bs-session-id=${client.session}`);
      await until(() => socket.frames.length === 2);
      assert.equal(socket.frames[1].Response.code, '0');
      press();
      assert.equal((await ask('POST', '/api/events/start', {})).code, '0');
      press();
      await until(() => socket.codes.length > 0);
      assert.deepEqual(socket.codes, ['6146']);
      const [searched] = (await ask('POST', '/api/events/search', { Query: { limit: 1 } })).json.EventCollection.rows;
      assert.deepEqual(socket.frames[2].Event, searched);

      started.simulator.biostar.silenceSockets();
      press();
      await ask('POST', '/api/events/start', {});
      press();
      await until(() => socket.codes.length === 2);
      started.simulator.biostar.expireSessions();
      press();
      await client.login();
      await ask('POST', '/api/events/start', {});
      press();
      await new Promise((resolve) => setTimeout(resolve, 30));
      assert.equal(socket.codes.length, 2, 'the socket of a former session is an orphan');
      started.simulator.biostar.dropSockets();
      await socket.closed;
    });

    it('come late, twice or in another order where a test wants it', async () => {
      const { biostar } = started.simulator;
      const socket = await EventSocket.open(started.httpPort);
      socket.socket.send(`bs-session-id=${client.session}`);
      await until(() => socket.frames.length === 1);
      await ask('POST', '/api/events/start', {});
      Object.assign(biostar.settings.quirks, { holdEvents: true, binaryFrames: true });
      started.simulator.presentCard(1, '123');
      started.simulator.doors[0]!.force();
      const [first, second] = biostar.events.rows;
      for (const row of [second!, first!, second!]) biostar.deliver(row);
      await until(() => socket.codes.length === 3);
      assert.deepEqual(socket.codes, ['20992', '6146', '20992']);
    });

    it('are the only sockets there are', async () => {
      await assert.rejects(EventSocket.open(started.httpPort, '/other'), /404/);
    });

    it('keep their order of ids, and the last ten thousand', async () => {
      const { events } = started.simulator.biostar;
      for (let count = 0; count < 25_000; count += 1) events.add({ code: 6146, reader: 1 });
      const ids = events.rows.map(({ id }) => id);
      assert.ok(ids.length >= 10_000 && ids.length < 11_000);
      assert.equal(ids.at(-1), 25_000);
    });
  });

  describe('for tests', () => {
    it('refuses, loses answers and counts calls as ordered', async () => {
      const { faults, requests } = started.simulator.biostar;
      faults.refuse('POST /api/v2/mobile', 20);
      const { status, code } = await client.mobile('4021', NUMBER);
      assert.deepEqual([status, code], [403, '20']);
      faults.loseAnswer('POST /api/v2/mobile');
      await assert.rejects(client.mobile('4021', NUMBER));
      assert.equal(started.simulator.portal.book.size, 1, 'the work was done');
      assert.equal(requests.get('POST /api/v2/mobile'), 2);
    });

    it('writes what the vendor left open in other ways too', async () => {
      const { quirks } = started.simulator.biostar.settings;
      Object.assign(quirks, { oneRowAsObject: true, realScalars: true, emptyCards: 'absent', doorRows: false });
      const { json } = await ask('GET', '/api/users');
      assert.deepEqual([json.UserCollection.total, json.UserCollection.rows.user_id], [1, '1']);
      assert.equal('cards' in (await ask('GET', '/api/users/1')).json.User, false);
      assert.deepEqual(Object.keys((await ask('POST', '/api/doors/open', { DoorCollection: { rows: [{ id: 1 }] } })).json), ['Response']);
    });

    it('becomes a BioStar 2', async () => {
      started.simulator.biostar.becomeBioStar2();
      assert.equal((await ask('GET', '/js/info.json')).json.version, '2.9.12');
      assert.deepEqual(await codes(['POST', '/api/v2/mobile/replace', {}], ['POST', '/api/doors/status_ex', {}]), ['400 103', '400 103']);
    });

    it('is as after the start again with a reset of the site', async () => {
      await client.issue('4021', NUMBER);
      started.simulator.biostar.missingRoutes.add('GET /api/users');
      started.simulator.reset();
      assert.equal((await ask('GET', '/api/users')).code, '10');
      await client.login();
      const { json } = await ask('GET', '/api/users');
      assert.equal(json.UserCollection.total, '1');
      assert.deepEqual((await ask('GET', '/api/cards')).json.CardCollection, { total: '0', rows: '' });
    });
  });
});
