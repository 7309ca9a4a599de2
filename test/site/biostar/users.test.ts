import assert from 'node:assert/strict';
import { isMcError } from '../../../nodes/credential/mc-error';
import { exportCsv, importCsv } from '../../../nodes/site/biostar/csv-import';
import { UserDesk } from '../../../nodes/site/biostar/user-desk';
import { userCsv } from '../../../nodes/runtime/user-csv';
import { RAE, World } from './world';

const codeOf = async (work: Promise<unknown>): Promise<string> => work.then(() => 'ok', (error: unknown) => {
  assert.ok(isMcError(error), String(error));
  return error.code;
});
const FOLLOW = { everyMs: 20, quietMs: 300, onProgress: () => undefined };

describe('users of BioStar', () => {
  let world: World;
  let desk: UserDesk;
  beforeEach(async () => {
    world = await World.start();
    desk = new UserDesk(world.site());
  });
  afterEach(() => world.stop());

  it('are created, and changed only in what is given', async () => {
    const made = await desk.upsert({ userId: '4021', name: 'Rae_Okafor 2', email: 'rae@plant.example', department: 'Maintenance', title: 'Fitter', accessGroups: ['Everyone'], group: 'All Users', validTo: '2030-06-30' });
    assert.deepEqual([made.userId, made.name, made.department, made.title, made.validTo], ['4021', 'Rae_Okafor 2', 'Maintenance', 'Fitter', '2030-06-30T23:59:59.000Z']);
    assert.deepEqual(made.accessGroups, [{ id: '3', name: 'Everyone' }]);
    const changed = await desk.upsert({ userId: '4021', phone: '+44 7700 900123', disabled: true });
    assert.deepEqual([changed.name, changed.phone, changed.disabled, changed.email], ['Rae_Okafor 2', '+447700900123', true, 'rae@plant.example']);
    assert.deepEqual((world.server.bodies.at(-2) as { body: any }).body.User, { phone: '+447700900123', disabled: 'true' });
  });

  const bad: [string, Record<string, unknown>, string][] = [
    ['letters in an ID where the server forbids them', { userId: 'ann', name: 'Ann' }, 'INPUT_INVALID'],
    ['an ID beyond the server\'s numbers', { userId: '4294967296', name: 'Ann' }, 'INPUT_INVALID'],
    ['a name of 49 characters', { userId: '7', name: 'x'.repeat(49) }, 'NAME_NOT_ALLOWED'],
    ['an apostrophe', { userId: '7', name: 'O\'Neil' }, 'NAME_NOT_ALLOWED'],
    ['a new user without a name', { userId: '7' }, 'NAME_NOT_ALLOWED'],
    ['a period over 30 years', { userId: '7', name: 'Ann', validFrom: '2002-01-01', validTo: '2033-01-01' }, 'INPUT_INVALID'],
    ['a period before 2001', { userId: '7', name: 'Ann', validFrom: '2000-12-31' }, 'INPUT_INVALID'],
    ['a period after 2037', { userId: '7', name: 'Ann', validTo: '2038-01-01' }, 'INPUT_INVALID'],
    ['an unknown access group', { userId: '7', name: 'Ann', accessGroups: ['Nobody'] }, 'INPUT_INVALID'],
    ['an unknown user group', { userId: '7', name: 'Ann', group: '99' }, 'INPUT_INVALID'],
    ['a duplicate e-mail', { userId: '7', name: 'Ann', email: 'rae@plant.example' }, 'INPUT_INVALID'],
  ];
  for (const [what, input, wanted] of bad) {
    it(`refuse ${what}`, async () => {
      world.server.books.addUser('4021', 'Rae', 'rae@plant.example');
      assert.equal(await codeOf(desk.upsert(input)), wanted);
      assert.equal(world.server.books.users.has('7'), false);
    });
  }

  it('may have letters in their IDs where the server allows them', async () => {
    world.server.options.alphanumeric = true;
    assert.equal((await desk.upsert({ userId: 'ann.b', name: 'Ann' })).userId, 'ann.b');
  });

  it('refuse a phone number without country code where the site sends texts', async () => {
    const texting = new UserDesk(world.site({ messaging: 'text' }));
    assert.equal(await codeOf(texting.upsert({ userId: '7', name: 'Ann', phone: '07700 900123' })), 'PHONE_MISSING');
  });

  for (const style of ['array', 'quirks'] as const) {
    it(`are listed 5,000 at a time by pages, none asked for by itself (${style})`, async () => {
      world.server.options.rows = style;
      for (let id = 2; id <= 5000; id += 1) world.server.books.addUser(String(id));
      const before = world.server.seen.length;
      const users = await desk.list(undefined);
      assert.equal(users.length, 5000);
      assert.equal(new Set(users.map(({ userId }) => userId)).size, 5000);
      const requests = world.server.seen.slice(before).filter((route) => !route.endsWith('/login'));
      assert.deepEqual(requests, Array.from({ length: 10 }, () => 'POST /api/v2/users/advance_search'));
    });
  }

  it('are listed again where rows vanish while the pages are read', async () => {
    for (let id = 2; id <= 1200; id += 1) world.server.books.addUser(String(id));
    world.server.fault = (_method, path, nth) => {
      if (path.endsWith('advance_search') && nth === 2) world.server.books.users.delete('3');
      return null;
    };
    assert.equal((await desk.list(undefined)).length, 1199);
  });

  it('are deleted with their mobile cards, and the Administrator stays', async () => {
    world.server.books.addUser('4021', 'Rae_Okafor 2', 'rae@plant.example');
    world.server.books.addUser('4022');
    assert.ok((await world.desk().act('issue', RAE)).ok);
    assert.equal(await codeOf(desk.delete({ userId: '1' })), 'ADMINISTRATOR_KEPT');
    assert.equal(await codeOf(desk.delete({ userId: '99' })), 'USER_NOT_FOUND');
    assert.equal(await desk.delete('4021'), '4021');
    assert.deepEqual(world.portalCards, []);
    const rest = await desk.deleteAll(() => undefined);
    assert.deepEqual([rest.deleted, rest.kept, rest.failed], [['4022'], ['1'], []]);
    assert.deepEqual([...world.server.books.users.keys()], ['1']);
  });

  it('without a mobile card are deleted with no word to the portal', async () => {
    world.server.books.addUser('4022');
    await desk.delete('4022');
    assert.equal(world.server.count('POST /api/v2/mobile/delete'), 0);
  });

  it('are told as gone part by part, also where a later part fails', async () => {
    for (let id = 100; id < 350; id += 1) {
      const user = world.server.books.addUser(String(id));
      user.cards = [world.server.books.addCard(`9${id}`).id];
    }
    world.server.fault = (_method, path, nth) => (path === '/api/v2/mobile/delete' && nth === 2 ? { http: 400, code: 2000 } : null);
    const gone: string[] = [];
    const { deleted, failed } = await new UserDesk(world.site(), (userIds) => { gone.push(...userIds); return Promise.resolve(); }).deleteAll(() => undefined);
    assert.deepEqual([deleted.length, failed.length, gone.length], [150, 100, 150]);
  });

  it('stay where the portal says only which cards it kept', async () => {
    world.server.books.addUser('4021', 'Rae_Okafor 2', 'rae@plant.example');
    assert.ok((await world.desk().act('issue', RAE)).ok);
    world.server.replies.set('POST /api/v2/mobile/delete', () => ({ body: { failedUsers: [], failedCards: [RAE.cardId] } }));
    assert.equal(await codeOf(desk.delete('4021')), 'SITE_ANSWER_INVALID');
    assert.ok(world.server.books.users.has('4021'));
  });

  it('are listed to the end where the server counts nothing and knows no offset', async () => {
    world.server.replies.set('POST /api/v2/users/advance_search', () => ({ body: { UserCollection: { rows: [{ user_id: '1' }, { user_id: '2' }] } } }));
    assert.deepEqual((await desk.list(undefined)).map(({ userId }) => userId), ['1', '2']);
  });

  it('stay where the portal did not delete their card', async () => {
    world.server.books.addUser('4021', 'Rae_Okafor 2', 'rae@plant.example');
    assert.ok((await world.desk().act('issue', RAE)).ok);
    world.server.fault = (_method, path) => (path === '/api/v2/mobile/delete' ? { http: 400, code: 2000 } : null);
    assert.equal(await codeOf(desk.delete('4021')), 'SITE_UNREACHABLE');
    assert.ok(world.server.books.users.has('4021'));
  });

  describe('by CSV', () => {
    const CSV = 'No.;Name;E-mail\r\n7001;Ann;ann@plant.example\r\n7002;Ben;ben@plant.example\r\n';
    const MAPPING = { 'No.': 'user_id', Name: 'name', 'E-mail': 'email' };

    it('are imported through the server\'s own endpoint', async () => {
      const site = world.site();
      const outcome = await importCsv(site.api, site.users, await userCsv(CSV, MAPPING, 100), 'overwrite', FOLLOW);
      assert.deepEqual([outcome.outcome, outcome.rows, outcome.failedCsv], ['imported', 2, '']);
      assert.equal(world.server.books.users.get('7001')?.email, 'ann@plant.example');
      const { body } = world.server.bodies.find(({ route }) => route.endsWith('csv_import')) as { body: any };
      assert.deepEqual(body.CsvOption, { start_line: 2, import_option: 2 });
      assert.deepEqual(body.Query, { headers: ['No.', 'Name', 'E-mail'], columns: ['user_id', 'name', 'email'] });
      assert.match(await exportCsv(site.api, null, ['user_id', 'name']), /7001,Ann/);
    });

    it('preserve keeps what is there', async () => {
      world.server.books.addUser('7001', 'Anna', 'anna@plant.example');
      const site = world.site();
      await importCsv(site.api, site.users, await userCsv(CSV, MAPPING, 100), 'preserve', FOLLOW);
      assert.equal(world.server.books.users.get('7001')?.name, 'Anna');
    });

    it('tell the failed rows, in part and all', async () => {
      const site = world.site();
      const part = await importCsv(site.api, site.users, await userCsv('user_id,name\r\nx,Bad\r\n7003,Cy', null, 100), 'overwrite', FOLLOW);
      assert.deepEqual([part.outcome, part.failedLines, part.failedCsv], ['partly', [2], 'user_id,name\r\nx,Bad']);
      const all = await importCsv(site.api, site.users, await userCsv('user_id,name\r\nx,Bad', null, 100), 'overwrite', FOLLOW);
      assert.deepEqual([all.outcome, all.failedLines], ['failed', [2]]);
    });

    for (const [what, lose] of [['answers that it goes on (code 4)', false], ['loses its answer', true]] as const) {
      it(`are followed to the end, and never sent twice, where the server ${what}`, async () => {
        if (lose) world.server.fault = (_method, path) => (path.endsWith('csv_import') ? 'act-then-drop' : null);
        else world.server.options.csvTaskMs = 150;
        const site = world.site();
        const outcome = await importCsv(site.api, site.users, await userCsv(CSV, MAPPING, 100), 'overwrite', FOLLOW);
        assert.deepEqual([outcome.outcome, outcome.missing], ['followed', []]);
        assert.ok(world.server.books.users.has('7002'));
        assert.equal(world.server.count('POST /api/users/csv_import'), 1);
      });
    }

    it('refuse a physical card that would be issued as a mobile one', async () => {
      assert.equal(await codeOf(userCsv('user_id,csn\r\n7,1', { csn: 'csn_mobile' }, 10)), 'INPUT_INVALID');
      assert.equal(await codeOf(userCsv('name\r\nAnn', null, 10)), 'INPUT_INVALID');
    });
  });
});
