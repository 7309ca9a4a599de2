import assert from 'node:assert/strict';
import { Desk, type DeskAction, type DeskAnswer } from '../../nodes/credential/desk';
import { McError } from '../../nodes/credential/mc-error';
import type { CredentialRecord } from '../../nodes/credential/record';
import { recoverOperations } from '../../nodes/credential/recover-operations';
import { mergeList } from '../../nodes/credential/site-truth';
import { MemoryStore } from '../support/memory-store';
import { FakeSite, seeded, VirtualClock } from './fake-site';

const patrick = { userId: '42', name: 'Patrick Johnson', email: 'patrick@plant.example', cardId: '998877665544' };
const rae = { userId: '43', name: 'Rae_Okafor 2', email: 'rae@plant.example' };

describe('the desk', () => {
  let clock: VirtualClock;
  let site: FakeSite;
  let store: MemoryStore;
  let random: ReturnType<typeof seeded>;

  beforeEach(() => {
    clock = new VirtualClock();
    site = new FakeSite(clock, 5);
    store = new MemoryStore();
    random = seeded(5);
  });

  const desk = (): Desk => new Desk(site, store, { clock, random });
  const act = (action: DeskAction, input: unknown, operationId?: string): Promise<DeskAnswer> => desk().act(action, input, operationId);
  const good = async (action: DeskAction, input: unknown, operationId?: string): Promise<CredentialRecord & { spent: number | null; left: number | null }> => {
    const answer = await act(action, input, operationId);
    if (!answer.ok) throw answer.error;
    assert.ok(!Array.isArray(answer.record));
    return { ...answer.record, ...answer.credits };
  };
  const refused = async (action: DeskAction, input: unknown, code: string, operationId?: string): Promise<Extract<DeskAnswer, { ok: false }>> => {
    const answer = await act(action, input, operationId);
    assert.ok(!answer.ok, 'refused');
    assert.equal(answer.error.code, code, answer.error.message);
    for (const secret of ['Patrick', 'patrick@', 'Rae', '998877665544']) assert.ok(!answer.error.message.includes(secret));
    return answer;
  };
  const statuses = (): (string | null)[][] => [...store.all('changes')].map(({ cardId, from, to }) => [cardId, from, to]);
  const poll = async (): Promise<void> => {
    await mergeList(site, await site.list(), store, { adopt: 'all-doors', maxRemovalPercent: 100, heldRemoval: null, clock });
  };

  it('issues a card once, with the intent kept before the request', async () => {
    const keptBefore: unknown[] = [];
    const issue = site.issue.bind(site);
    site.issue = (person, cardId) => {
      const [operation] = [...store.all('operations')];
      keptBefore.push(operation?.state, store.get('credentials', `1001/${cardId}`)?.pending[0]?.operation);
      return issue(person, cardId);
    };
    const record = await good('issue', patrick);
    assert.deepEqual(keptBefore, ['sending', 'issue']);
    assert.deepEqual(Object.keys(record).slice(0, 19), [
      'cardId', 'userId', 'name', 'email', 'phone', 'department', 'title', 'status', 'statusText', 'blacklisted', 'validFrom', 'validTo',
      'doors', 'site', 'replaces', 'issuedAt', 'activatedAt', 'updatedAt', 'pending',
    ]);
    assert.deepEqual([record.status, record.statusText, record.doors, record.pending, record.spent, record.left], ['before-activation', 'Before Activation', '*', [], 1, 4]);
    assert.deepEqual(statuses(), [['998877665544', null, 'before-activation']]);

    const again = await good('issue', { ...patrick, doors: ['Lobby'] });
    assert.deepEqual([again.cardId, again.doors, again.spent, again.left], ['998877665544', ['Lobby'], 0, 4]);
    assert.deepEqual((await good('issue', { ...patrick, cardId: undefined })).spent, 0);
    await refused('issue', { ...patrick, cardId: '12' }, 'CARD_ALREADY_ISSUED');
    await refused('issue', { ...rae, cardId: '998877665544' }, 'CARD_ALREADY_ISSUED');
    assert.equal(site.sent.length, 1);
  });

  it('draws a number, and gives concurrent askers the same card', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => act('issue', rae)));
    const cards = new Set(answers.map((answer) => (answer.ok ? (answer.record as CredentialRecord).cardId : answer.error.code)));
    assert.equal(cards.size, 1);
    assert.match([...cards][0] ?? '', /^\d{16}$/);
    assert.equal(site.spent, 1);
  });

  it('takes over a card that the site has already', async () => {
    site.add({ userId: '42', name: 'Patrick Johnson' }, '77');
    site.activate('77');
    const record = await good('issue', { ...patrick, cardId: undefined, doors: ['Lab'] });
    assert.deepEqual([record.cardId, record.status, record.doors, record.spent], ['77', 'activated', ['Lab'], 0]);
    await refused('issue', { ...rae, cardId: '77' }, 'CARD_ALREADY_ISSUED');
    assert.deepEqual(site.sent, []);
  });

  it('sends nothing where the store cannot keep the intent', async () => {
    store.failing = new McError('STORE_FULL', 'disk full');
    assert.equal((await refused('issue', patrick, 'STORE_FULL')).credits.spent, 0);
    assert.deepEqual(site.sent, []);
    store.failing = null;
    assert.equal((await good('issue', patrick)).spent, 1);
  });

  it('leaves nothing behind of what the site refuses', async () => {
    site.fates = ['refuse'];
    const answer = await refused('issue', patrick, 'PERMISSION_DENIED');
    assert.deepEqual([answer.record, answer.credits.spent], [null, 0]);
    assert.deepEqual([...store.all('credentials')], []);
    assert.deepEqual([...store.all('operations')].map(({ state, lastError }) => [state, lastError]), [['rejected', 'PERMISSION_DENIED']]);
  });

  it('holds credits, reserve, daily limit and the state of the site', async () => {
    site.status = 'PAYMENT_REQUIRED';
    await refused('issue', rae, 'SITE_NOT_ACTIVE');
    site.status = 'ACTIVATED';
    site.bought = 0;
    await refused('issue', rae, 'NO_CREDIT');
    site.bought = 5;
    site.creditReserve = 3;
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((userId) => act('issue', { ...rae, userId })));
    assert.deepEqual(answers.map((answer) => (answer.ok ? 'ok' : answer.error.code)).sort(), ['CREDIT_LIMIT', 'CREDIT_LIMIT', 'ok', 'ok']);
    site.creditReserve = 0;
    site.dailyCreditLimit = 3;
    await good('issue', { ...rae, userId: 'e' });
    await refused('issue', { ...rae, userId: 'f' }, 'CREDIT_LIMIT');
    clock.pass(24 * 3_600_000);
    await good('issue', { ...rae, userId: 'f' });
    site.accessType = 'DYNAMIC';
    await refused('issue', { ...rae, userId: 'g' }, 'PERIOD_MISSING');
  });

  it('settles a lost answer by the list, also after a restart, and sends nothing again', async () => {
    site.fates = ['lose-after'];
    const lost = await refused('issue', patrick, 'OUTCOME_UNKNOWN');
    assert.deepEqual([lost.record?.status, lost.record?.pending[0]?.lastError, lost.credits], ['reserved', 'OUTCOME_UNKNOWN', { spent: null, left: null }]);
    site.listError = new McError('SITE_UNREACHABLE', 'down');
    store = store.restart();
    await refused('issue', patrick, 'OUTCOME_UNKNOWN');
    site.listError = null;
    clock.pass(1);
    const record = await good('issue', patrick);
    assert.deepEqual([record.status, record.pending, record.spent, record.left], ['before-activation', [], 0, 4]);
    assert.equal(site.sent.length, 1);
  });

  it('takes an absence as proof only when nothing can arrive any more, and then uses the same number', async () => {
    site.fates = ['late'];
    await refused('issue', rae, 'OUTCOME_UNKNOWN');
    clock.pass(60_000);
    await refused('issue', rae, 'OUTCOME_UNKNOWN');
    clock.pass(61_000);
    const record = await good('issue', rae);
    assert.equal(record.spent, 1);
    const numbers = site.sent.map((what) => what.split(' ')[1]);
    assert.equal(numbers[0], numbers[1]);
    site.arrive();
    assert.equal(site.spent, 1);
  });

  it('re-issues: the former card is marked before the request and ends with it', async () => {
    await good('issue', patrick);
    site.activate('998877665544');
    clock.pass(10);
    await poll();
    clock.pass(10);
    let marked: unknown;
    const reissue = site.reissue.bind(site);
    site.reissue = (cardId, next) => {
      marked = store.get('credentials', `1001/${cardId}`)?.pending[0]?.operation;
      return reissue(cardId, next);
    };
    const record = await good('reissue', { userId: '42', newCardId: '555' });
    assert.deepEqual([marked, record.cardId, record.replaces, record.status, record.name, record.spent, record.left], ['reissue', '555', '998877665544', 'before-activation', 'Patrick Johnson', 1, 3]);
    const former = store.get('credentials', '1001/998877665544');
    assert.deepEqual([former?.status, former?.supersededBy], ['deleted', '555']);
    assert.deepEqual(statuses().slice(-2), [['998877665544', 'activated', 'deleted'], ['555', null, 'before-activation']]);
    await refused('reissue', { cardId: '998877665544' }, 'CARD_NOT_FOUND');
    await refused('reissue', { userId: '99' }, 'USER_NOT_FOUND');
  });

  it('gives a former card back where a re-issue is refused', async () => {
    await good('issue', patrick);
    site.fates = ['refuse'];
    const answer = await refused('reissue', { userId: '42' }, 'PERMISSION_DENIED');
    assert.deepEqual([answer.record?.cardId, answer.record?.pending], ['998877665544', []]);
    assert.equal([...store.all('credentials')].length, 1);
  });

  it('hands a lost re-issue to who asks again, also when a poll settled it', async () => {
    await good('issue', patrick);
    site.fates = ['lose-after'];
    await refused('reissue', { userId: '42' }, 'OUTCOME_UNKNOWN');
    clock.pass(10);
    await poll();
    const told = await good('reissue', { userId: '42' });
    assert.deepEqual([told.replaces, told.spent], ['998877665544', 0]);
    assert.equal(site.spent, 2);
    assert.equal((await good('reissue', { userId: '42' })).spent, 1);
  });

  it('suspends, resumes, sends again and deletes', async () => {
    await good('issue', patrick);
    site.activate('998877665544');
    clock.pass(10);
    await poll();
    assert.equal((await good('suspend', { cardId: '998877665544' })).status, 'paused');
    assert.equal((await good('suspend', { userId: '42' })).status, 'paused');
    assert.equal((await good('resume', { userId: '42' })).status, 'activated');
    assert.equal((await good('resume', { userId: '42' })).status, 'activated');
    assert.equal((await good('resend', { userId: 42 })).status, 'activated');
    assert.equal((await good('delete', { userId: '42' })).status, 'deleted');
    assert.equal((await good('delete', { userId: '42' })).status, 'deleted');
    assert.deepEqual(site.sent.map((what) => what.split(' ')[0]), ['issue', 'suspend', 'resume', 'resend', 'delete']);
    await refused('suspend', { cardId: '998877665544' }, 'CARD_NOT_FOUND');
    await refused('delete', { userId: '77' }, 'USER_NOT_FOUND');
    await refused('delete', { cardId: '77' }, 'CARD_NOT_FOUND');
    await refused('delete', { cardId: 77 }, 'CARD_ID_INVALID');
    await refused('delete', {}, 'INPUT_INVALID');
    await refused('fly' as never, {}, 'INPUT_INVALID');
  });

  it('deletes every card of a user, also one that only the site knows', async () => {
    site.add({ userId: '50', name: 'Two' }, '501');
    site.add({ userId: '50', name: 'Two' }, '502');
    const answer = await act('delete', { userId: '50' });
    assert.ok(answer.ok && Array.isArray(answer.record));
    assert.deepEqual(answer.record.map(({ status }) => status), ['deleted', 'deleted']);
    assert.equal(site.cards.size, 0);
  });

  it('keeps the Administrator, also by the card', async () => {
    site.add({ userId: '1', name: 'Administrator' }, '11');
    await refused('delete', { userId: '1' }, 'ADMINISTRATOR_KEPT');
    await refused('delete', { userId: 1 }, 'ADMINISTRATOR_KEPT');
    await refused('delete', { cardId: '11' }, 'ADMINISTRATOR_KEPT');
    await poll();
    await refused('delete', { cardId: '11' }, 'ADMINISTRATOR_KEPT');
    assert.deepEqual(site.sent, []);
  });

  it('retries once what was proven absent, and confirms what was there', async () => {
    site.fates = ['lose-before'];
    const lost = await refused('issue', rae, 'OUTCOME_UNKNOWN');
    clock.pass(10);
    const record = await good('retry', null, lost.record?.pending[0]?.id);
    assert.deepEqual([record.cardId, record.spent, record.pending], [lost.record?.cardId, 1, []]);
    assert.equal([...store.all('operations')][0]?.attempts, 2);

    site.fates = ['lose-after'];
    const late = await refused('suspend', { userId: '43' }, 'OUTCOME_UNKNOWN');
    clock.pass(10);
    assert.equal((await good('retry', null, late.record?.pending[0]?.id)).status, 'paused');
    assert.equal(site.sent.length, 3);
    await refused('retry', null, 'INPUT_INVALID', 'nothing');
    await refused('retry', null, 'INPUT_INVALID');
  });

  it('retries a refused operation with the person it was for', async () => {
    site.fates = ['refuse'];
    await refused('issue', rae, 'PERMISSION_DENIED');
    const [operation] = [...store.all('operations')];
    assert.equal((await good('retry', null, operation?._id)).name, 'Rae_Okafor 2');
    assert.equal([...store.all('operations')][0]?.person, undefined);
  });

  it('gives up what a person gives up', async () => {
    site.fates = ['lose-before'];
    const lost = await refused('issue', rae, 'OUTCOME_UNKNOWN');
    const id = lost.record?.pending[0]?.id;
    assert.deepEqual((await good('abandon', null, id)).pending, []);
    assert.deepEqual([...store.all('credentials')], []);
    await refused('abandon', null, 'INPUT_INVALID', id);
    clock.pass(10);
    await refused('issue', { ...rae, cardId: '123' }, 'OUTCOME_UNKNOWN');
    assert.equal((await good('issue', rae)).cardId, lost.record?.cardId);
  });

  it('makes what a crash cut off unknown', async () => {
    site.fates = ['hang-after'];
    void act('issue', rae);
    await new Promise((resolve) => setImmediate(resolve));
    store = store.restart();
    assert.equal(await recoverOperations(store, clock), 1);
    assert.deepEqual([...store.all('operations')].map(({ state, lastError }) => [state, lastError]), [['unknown', 'OUTCOME_UNKNOWN']]);
    clock.pass(10);
    assert.equal((await good('issue', rae)).spent, 0);
  });

  it('says what the site cannot do', async () => {
    site.able = ['issue'];
    await refused('suspend', { userId: '42' }, 'NOT_SUPPORTED');
    assert.equal((await good('issue', patrick)).spent, 1);
    site.able = ['issue', 'list'];
    site.listError = new McError('NOT_SUPPORTED', '404');
    assert.match((await refused('issue', rae, 'NOT_SUPPORTED')).error.message, /routes/);
  });

  it('reads list and figures once for an array, and answers each entry', async () => {
    const people = [patrick, 7, rae, patrick, { ...rae, userId: '44' }, { ...rae, userId: '45' }, { ...rae, userId: '46' }, { ...rae, userId: '47' }];
    const progress: number[] = [];
    const { answers, credits } = await desk().actAll('issue', people, (done) => progress.push(done));
    assert.deepEqual(answers.map((answer) => (answer.ok ? answer.credits.spent : answer.error.code)), [1, 'INPUT_INVALID', 1, 0, 1, 1, 1, 'NO_CREDIT']);
    assert.deepEqual(credits, { spent: 5, left: 0 });
    assert.equal(progress.length, people.length);
    // One list; one figure before, one fresh before refusing, one after.
    assert.deepEqual(site.reads, { list: 1, info: 3 });
  });
});
