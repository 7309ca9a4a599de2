import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FlowNode, catchNodes, inboxNode, type Message, removeUserDirs, runFlow, type RunningFlow, siteNodes, stopFlow } from '../support/flow';
import { PlainPortal } from '../support/plain-portal';

const PEOPLE = { ann: '1001', bob: '1002', cat: '1003' } as const;

describe('mc-access: rules, movement and emergencies in a flow', function () {
  this.timeout(30_000);
  let portal: PlainPortal;
  let flow: RunningFlow;

  const nodes = (access: Record<string, unknown>): FlowNode[] => [
    ...siteNodes(portal.port), { id: 'watch', z: 'flow', type: 'mc-watch', site: 'cfg-site', store: 'cfg-store', intervalSeconds: '3600', wires: [['watched'], []] },
    { id: 'access', z: 'flow', type: 'mc-access', store: 'cfg-store', ...access, wires: [['out'], ['out'], ['orders'], ['answers']] },
    { id: 'beside', z: 'flow', type: 'mc-access', store: 'cfg-store', ...access, wires: [['out'], ['out'], [], []] },
    ...['out', 'orders', 'answers', 'watched'].map(inboxNode), ...catchNodes(),
  ];
  const start = async (access: Record<string, unknown>, userDir?: string): Promise<void> => {
    flow = await runFlow(nodes(access), { 'cfg-site': portal.account }, userDir);
    if (userDir !== undefined) return;
    flow.send('watch', { _msgid: 'w' });
    await flow.inbox('watched').next(({ payload }) => Array.isArray(payload));
  };
  const again = async (access: Record<string, unknown>): Promise<void> => {
    const { userDir } = flow;
    await stopFlow();
    await start(access, userDir);
  };
  const read = async (who: keyof typeof PEOPLE, door: string, more: Record<string, unknown> = {}, node = 'access'): Promise<Record<string, unknown>> =>
    (await flow.ask(node, { payload: { cardId: PEOPLE[who], door, ...more } }, 'out')).payload as Record<string, unknown>;
  const reason = async (...args: Parameters<typeof read>): Promise<unknown> => (await read(...args))['reason'];
  const command = async (name: string, msg: Message = {}, inbox = 'answers'): Promise<any> => (await flow.ask('access', { command: name, ...msg }, inbox)).payload;
  const order = async (): Promise<string> => {
    const { door, command: what, source } = (await flow.inbox('orders').next()).payload as Record<string, string>;
    return `${what} ${door} by ${source}`;
  };

  beforeEach(async () => {
    portal = new PlainPortal();
    for (const [who, number] of Object.entries(PEOPLE)) portal.cards.push({ number, userKey: who, name: who, email: `${who}@plant.example`, phone: undefined, status: 'ACTIVE' });
    await portal.start();
  });
  afterEach(async () => {
    await stopFlow();
    await portal.stop();
    await removeUserDirs();
  });

  const NEVER = { schedules: { never: {} }, doors: { Front: { schedule: 'never' } } };

  it('takes rules from a message for the next read, keeps them over a restart, and yields to a later change of the property', async () => {
    await start({});
    assert.equal(await reason('ann', 'Front'), 'GRANTED');
    const news = await command('rules', { payload: { name: 'night', ...NEVER } });
    // The event says it, and then the answer does.
    assert.deepEqual([news.event, news.name, news.source, news.counts.schedules], ['rules-in-force', 'night', 'message', 1]);
    assert.equal(((await flow.inbox('answers').next()).payload as { hash: string }).hash, news.hash);
    const late = await read('ann', 'Front');
    assert.deepEqual([late['reason'], (late['lookedAt'] as { rules: string }).rules], ['OUTSIDE_SCHEDULE', 'night']);
    await again({});
    assert.equal(await reason('ann', 'Front'), 'OUTSIDE_SCHEDULE');
    await again({ rules: '{"name":"open"}' });
    assert.equal(await reason('ann', 'Front'), 'GRANTED');
    await again({ rules: '{"name":"open"}' });
    assert.equal(((await read('ann', 'Front'))['lookedAt'] as { rules: string }).rules, 'open');
    await again({});
    assert.equal(((await read('ann', 'Front'))['lookedAt'] as { rules: string | null }).rules, null);
  });

  it('refuses wrong rules as a whole, with all that is wrong, and the former ones stay in force', async () => {
    await start({ rules: JSON.stringify(NEVER) });
    for (const payload of [undefined, null, '', ' ', { doors: { Front: { schedule: 'x' } }, colour: 1 }, '{ "doors": ', { calendars: { c: [{ on: '12-25', name: 5n }] } }, { doors: { Front: {} }, groups: { g: ['Back'] } }]) {
      flow.send('access', { _msgid: 'x', command: 'rules', payload });
      assert.equal((await flow.inbox('errors').next()).error?.code, 'CONFIG_INVALID');
      assert.equal(await reason('ann', 'Front'), 'OUTSIDE_SCHEDULE');
    }
    await again({ rules: '{ "doors": { "Front": { "schedule": "x" } }, "colour": 1 }' });
    const error = (await flow.inbox('errors').next()).error;
    assert.match(error?.message ?? '', /colour.*doors\.Front\.schedule/);
    assert.equal(await reason('ann', 'Front'), 'OUTSIDE_SCHEDULE');
    assert.ok(flow.statuses('access').some(({ fill, text }) => fill === 'yellow' && text === 'mc-access.status.rules-refused'));
    assert.equal(((await flow.inbox('answers').next()).payload as { event: string }).event, 'rules-refused');
  });

  it('reads rules from a file, and again when it changes', async function () {
    await start({});
    const { userDir } = flow;
    await stopFlow();
    await mkdir(join(userDir, 'rules'));
    const file = join(userDir, 'rules', 'site.json');
    await writeFile(file, JSON.stringify(NEVER));
    await start({ rulesFile: 'rules/site.json', rules: '{"name":"not these"}' }, userDir);
    assert.equal(await reason('ann', 'Front'), 'OUTSIDE_SCHEDULE');
    await writeFile(file, '{ "name": "free" }');
    await flow.inbox('answers').next(({ payload }) => (payload as { event: string }).event === 'rules-in-force', 8000);
    assert.equal(await reason('ann', 'Front'), 'GRANTED');
    for (const wrong of ['', '{ "doors": 5 }']) {
      await writeFile(file, wrong);
      assert.equal((await flow.inbox('errors').next(() => true, 8000)).error?.code, 'CONFIG_INVALID');
    }
    assert.equal(((await read('ann', 'Front'))['lookedAt'] as { rules: string }).rules, 'free');
    await again({ rulesFile: 'rules/none.json' });
    assert.match((await flow.inbox('errors').next()).error?.message ?? '', /no such file/);
    assert.equal(await reason('ann', 'Front'), 'GRANTED');
    await stopFlow();
    await start({ rulesFile: '../outside.json' }, userDir);
    flow.send('access', { _msgid: 'o', payload: { cardId: '1001', door: 'Front' } });
    assert.match((await flow.inbox('errors').next()).error?.message ?? '', /rulesFile/);
  });

  const LAB = { doors: { Lab: {} }, areas: { lab: { entries: ['Lab'], exits: ['Lab'], antiPassback: { mode: 'hard' }, occupancyLimit: 2 } } };

  it('knows who is inside over a restart, at every node of the store, until they leave or are reset', async () => {
    await start({ rules: JSON.stringify(LAB) });
    assert.equal(await reason('ann', 'Lab'), 'GRANTED');
    const back = await read('ann', 'Lab', {}, 'beside');
    assert.deepEqual([back['reason'], back['rule']], ['ANTI_PASSBACK', 'anti-passback (hard) of area "lab": the person is inside already']);
    assert.equal(await reason('bob', 'Lab', {}, 'beside'), 'GRANTED');
    await again({ rules: JSON.stringify(LAB) });
    assert.equal(await reason('cat', 'Lab'), 'OCCUPANCY_FULL');
    assert.equal(await reason('ann', 'Lab'), 'ANTI_PASSBACK');
    assert.equal(((await flow.inbox('answers').next()).payload as { event: string }).event, 'passback-detected');
    const inside = await command('presence');
    assert.deepEqual(inside.map(({ area, count, limit, persons }: any) => [area, count, limit, persons.map(({ userId, door }: any) => `${userId} by ${door}`)]), [['lab', 2, 2, ['ann by Lab', 'bob by Lab']]]);
    assert.equal(await reason('ann', 'Lab', { direction: 'out' }), 'GRANTED');
    assert.equal(await reason('cat', 'Lab'), 'GRANTED');
    assert.deepEqual(await command('reset', { payload: { userId: 'bob' } }), { reset: [{ area: 'lab', userId: 'bob' }] });
    assert.equal(await reason('bob', 'Lab'), 'GRANTED');
    await command('reset', { payload: { area: 'lab' } });
    await again({ rules: JSON.stringify(LAB) });
    assert.equal(await reason('ann', 'Lab'), 'GRANTED');
    flow.send('access', { _msgid: 'r', command: 'reset', payload: {} });
    assert.equal((await flow.inbox('errors').next()).error?.code, 'INPUT_INVALID');
  });

  it('asks for a second person, and takes two readers at the same moment for one pair', async () => {
    await start({ rules: JSON.stringify({ doors: { Vault: { twoPersons: { withinSeconds: 5 } } } }) });
    for (const who of ['ann', 'ann', 'bob', 'cat'] as const) flow.send(who === 'cat' ? 'beside' : 'access', { _msgid: who, payload: { cardId: PEOPLE[who], door: 'Vault', reader: who === 'ann' ? 1 : 2 } });
    const reasons = [];
    for (let i = 0; i < 4; i += 1) reasons.push(((await flow.inbox('out').next()).payload as { reason: string }).reason);
    assert.deepEqual(reasons.sort(), ['GRANTED', 'SECOND_PERSON_NEEDED', 'SECOND_PERSON_NEEDED', 'SECOND_PERSON_NEEDED']);
  });

  it('locks a reader out after failed reads, and tells of it', async () => {
    await start({ rules: JSON.stringify({ doors: { '*': { lockout: { afterFailures: 3, forSeconds: 1 } } } }) });
    for (let i = 0; i < 3; i += 1) await flow.ask('access', { payload: { cardId: '77', door: 'Front' } }, 'out');
    assert.equal(((await flow.inbox('answers').next()).payload as { event: string }).event, 'reader-locked-out');
    assert.equal(await reason('ann', 'Front'), 'READER_LOCKED_OUT');
    assert.equal(await reason('ann', 'Back'), 'GRANTED');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    assert.equal(await reason('ann', 'Front'), 'GRANTED');
  });

  it('grants a duress card, and tells of it where nobody at the door sees it', async () => {
    await start({ rules: JSON.stringify({ persons: { ann: { duressCards: [PEOPLE.ann] } } }) });
    const granted = await read('ann', 'Front');
    assert.deepEqual([granted['reason'], granted['flags']], ['GRANTED', ['duress']]);
    const event = (await flow.inbox('answers').next()).payload as Record<string, unknown>;
    assert.deepEqual([event['event'], event['door'], event['userId']], ['duress', 'Front', 'ann']);
    assert.equal(flow.statuses('access').some(({ text }) => text?.includes('duress')), false);
  });

  it('unlocks in free access, after the first card where asked, locks at its end, and remembers over a restart', async () => {
    const free = (afterFirstCard: boolean): string => JSON.stringify({
      schedules: { always: { everyday: ['00:00-24:00'] } }, doors: { Front: { freeAccess: { schedule: 'always', afterFirstCard } }, Back: {} },
    });
    await start({ rules: free(false) });
    assert.equal(await order(), 'unlock Front by schedule');
    await again({ rules: free(false) });
    assert.equal(await order(), 'unlock Front by schedule');
    await command('rules', { payload: {} });
    assert.equal(await order(), 'release Front by schedule');
    await again({ rules: free(true) });
    await new Promise((resolve) => setTimeout(resolve, 1300));
    assert.deepEqual(flow.inbox('orders').messages, []);
    await reason('ann', 'Front', { direction: 'out' });
    await reason('ann', 'Back');
    assert.deepEqual(flow.inbox('orders').messages, []);
    await reason('ann', 'Front');
    assert.equal(await order(), 'unlock Front by schedule');
    await again({ rules: free(true) });
    assert.equal(await order(), 'unlock Front by schedule');
    // Rules that know nothing of it any more lock the door that was left unlocked.
    await again({ rules: '' });
    assert.equal(await order(), 'release Front by schedule');
  });

  it('locks a group down but for who passes, unlocks in a fire, and both outlive a restart', async () => {
    const rules = JSON.stringify({ doors: { Front: {}, Gate: {} }, groups: { north: ['Front', 'Gate'] }, persons: { bob: { passesLockdown: true } } });
    await start({ rules });
    flow.send('access', { _msgid: 'l', command: 'lockdown', group: 'north' });
    assert.deepEqual([await order(), await order()], ['lock Front by lockdown', 'lock Gate by lockdown']);
    assert.deepEqual([await reason('ann', 'Front'), await reason('ann', 'Gate'), await reason('ann', 'Back')], ['LOCKDOWN', 'LOCKDOWN', 'GRANTED']);
    const passing = await read('bob', 'Gate');
    assert.deepEqual([passing['reason'], passing['flags']], ['GRANTED', ['passes-lockdown']]);
    flow.send('access', { _msgid: 'f', command: 'fire' });
    assert.equal(await order(), 'unlock * by fire');
    await again({ rules });
    assert.deepEqual([await order(), await order(), await order()], ['lock Front by lockdown', 'lock Gate by lockdown', 'unlock * by fire']);
    await flow.shows('access', 'mc-access.status.fire');
    flow.send('access', { _msgid: 'c', command: 'fire-clear' });
    assert.equal(await order(), 'release * by fire');
    flow.send('access', { _msgid: 'd', command: 'release', door: 'north' });
    assert.deepEqual([await order(), await order()], ['release Front by lockdown', 'release Gate by lockdown']);
    assert.equal(await reason('ann', 'Gate'), 'GRANTED');
    for (const wrong of [{ group: 'south' }, { group: 'north', door: 'Front' }, { group: 5 }]) {
      flow.send('access', { _msgid: 'w', command: 'lockdown', ...wrong });
      assert.equal((await flow.inbox('errors').next()).error?.code, 'INPUT_INVALID');
    }
  });

  it('shows in a dry run which of the last decisions would change, and changes nothing', async () => {
    await start({});
    for (const who of ['ann', 'bob'] as const) for (const door of ['Lab', 'Front']) await reason(who, door);
    await reason('ann', 'Lab');
    const answer = await command('dry-run', { payload: { ...LAB, areas: { lab: { ...LAB.areas.lab, occupancyLimit: 1 } } }, last: 50 });
    assert.deepEqual([answer.decisions, answer.counts], [5, { 'GRANTED → OCCUPANCY_FULL': 1, 'GRANTED → ANTI_PASSBACK': 1 }]);
    assert.deepEqual(answer.changed.map(({ userId, door, was, would }: any) => [userId, door, was, would]), [['bob', 'Lab', 'GRANTED', 'OCCUPANCY_FULL'], ['ann', 'Lab', 'GRANTED', 'ANTI_PASSBACK']]);
    assert.equal(await reason('ann', 'Lab'), 'GRANTED');
    for (const last of [0, 'x', 10_001]) {
      flow.send('access', { _msgid: 'd', command: 'dry-run', payload: {}, last });
      assert.equal((await flow.inbox('errors').next()).error?.code, 'INPUT_INVALID');
    }
  });

  it('explains with everything that would have to change', async () => {
    await start({ rules: JSON.stringify({ ...NEVER, ...LAB, doors: { ...NEVER.doors, ...LAB.doors } }) });
    await reason('ann', 'Lab');
    const answer = (await flow.ask('access', { command: 'explain', payload: { userId: 'ann', door: 'Front' } }, 'out')).payload as any;
    assert.deepEqual([answer.reason, answer.wouldHaveToChange], ['OUTSIDE_SCHEDULE', ['OUTSIDE_SCHEDULE']]);
    assert.match(answer.changes[0].change, /schedule "never" of door "Front"/);
    const inside = (await flow.ask('access', { command: 'explain', payload: { userId: 'ann', door: 'Lab' } }, 'out')).payload as any;
    assert.deepEqual(inside.wouldHaveToChange, ['ANTI_PASSBACK']);
    assert.deepEqual(inside.lookedAt, { status: 'activated', validFrom: null, validTo: null, schedules: [], area: 'lab', inside: 1, rules: null });
  });
});
