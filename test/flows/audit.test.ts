import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { catchNodes, type FlowNode, inboxNode, type Message, removeUserDirs, runFlow, siteNodes, stopFlow } from '../support/flow';
import { PlainPortal } from '../support/plain-portal';

interface Row { seq: number; kind: string; userId: string | null; cardId: string | null; door: string | null; outcome: string; by: string; detail: Record<string, unknown> }

const READ = { format: 'decimal', bits: 64, facilityCode: null, cardNumber: null, parityOk: null, door: 'Front', direction: 'in', reader: 1, device: '', readAt: '2026-03-02T09:00:00Z' };

describe('the audit trail of a flow', () => {
  const portal = new PlainPortal();
  before(() => portal.start());
  after(() => portal.stop());
  afterEach(async () => {
    await stopFlow();
    await removeUserDirs();
  });

  const flow = (): FlowNode[] => [
    ...siteNodes(portal.port), ...catchNodes(),
    { id: 'issue', z: 'flow', type: 'mc-issue', site: 'cfg-site', store: 'cfg-store', action: '', wires: [['out']] },
    { id: 'block', z: 'flow', type: 'mc-blacklist', store: 'cfg-store', action: 'block', wires: [['out']] },
    { id: 'access', z: 'flow', type: 'mc-access', store: 'cfg-store', rules: '', wires: [['out'], ['out'], ['out']] },
    { id: 'import', z: 'flow', type: 'mc-import', site: 'cfg-site', store: 'cfg-store', mode: '', conflict: 'preserve', mapping: '', concurrency: 4, maxRows: 1000, wires: [['out'], []] },
    { id: 'audit', z: 'flow', type: 'mc-audit', store: 'cfg-store', action: '', wires: [['out']] },
    inboxNode('out'),
  ];
  const account = { 'cfg-site': { email: portal.account.email, password: portal.account.password } };
  const rows = (msg: Message): Row[] => msg.payload as Row[];

  it('tells who got a card, who was blocked, who was let in and what was changed, and can be taken elsewhere', async () => {
    const running = await runFlow(flow(), account);
    const issued = await running.ask('issue', { action: 'issue', payload: { userId: '=7', name: 'Ann', email: 'a@x.example' } }, 'errors');
    assert.equal(issued.error?.code, 'INPUT_INVALID');
    const { payload } = await running.ask('issue', { action: 'issue', payload: { userId: '7', name: 'Ann', email: 'ann@x.example' } }, 'out');
    const { cardId } = payload as { cardId: string };
    await running.ask('access', { payload: { ...READ, cardId } }, 'out');
    await running.ask('block', { payload: { cardId, reason: 'lost' } }, 'out');
    await running.ask('access', { payload: { ...READ, cardId } }, 'out');
    await running.ask('access', { command: 'lockdown', payload: '', door: 'Front' }, 'out');

    const all = rows(await running.ask('audit', { action: 'query', payload: { cardId } }, 'out'));
    assert.deepEqual(all.map(({ kind, outcome }) => `${kind} ${outcome}`), ['issue sending', 'issue confirmed', 'decision BEFORE_ACTIVATION', 'block blocked', 'decision BLACKLISTED']);
    assert.ok(all.every(({ userId }) => userId === '7'));
    const atDoor = rows(await running.ask('audit', { action: 'query', payload: { door: 'Front' } }, 'out'));
    assert.deepEqual(atDoor.map(({ kind }) => kind), ['decision', 'decision', 'lockdown']);
    const config = rows(await running.ask('audit', { action: 'query', payload: { kind: 'config' } }, 'out'));
    assert.ok(config.length >= 6 && config.every(({ outcome }) => outcome === 'added'), 'every node of the first deploy');

    const verdict = (await running.ask('audit', { action: 'verify', payload: 0 }, 'out')).payload as { ok: boolean; firstBad: number | null; to: number };
    assert.deepEqual([verdict.ok, verdict.firstBad], [true, null]);
    assert.ok(verdict.to >= 8);
    const csv = (await running.ask('audit', { action: 'export', payload: { userId: '7' } }, 'out')).payload as string;
    assert.equal(csv.trim().split(/\r?\n/).length, 6);
    const lines = (await running.ask('audit', { action: 'export', payload: { userId: '7', format: 'jsonl' } }, 'out')).payload as string;
    assert.equal(lines.trim().split('\n').map((line) => JSON.parse(line) as Row).filter(({ cardId: card }) => card === cardId).length, 5);

    const names = await readdir(running.userDir, { recursive: true });
    for (const name of names.filter((path) => /audit\/[^/]*$/.test(path))) {
      const text = await readFile(join(running.userDir, name), 'utf8').catch(() => '');
      assert.ok(!text.includes('Ann') && !text.includes('x.example'), `${name} names nobody`);
    }
  });

  it('erases a person when asked twice, and still verifies', async () => {
    const running = await runFlow(flow(), account);
    const plan = await running.ask('import', { mode: 'plan', payload: [{ userId: 'erase-me', name: 'Ben', email: 'ben@x.example' }, { userId: 'stays', name: 'Cleo', email: 'c@x.example' }] }, 'out');
    const done = await running.ask('import', { mode: 'commit', plan: plan['plan'] }, 'out');
    const { cardId } = (done.payload as { rows: { cardId: string }[] }).rows[0] as { cardId: string };
    await running.ask('access', { payload: { ...READ, cardId } }, 'out');
    const erase = { action: 'erase-person', payload: { userId: 'erase-me' } };
    assert.equal((await running.ask('audit', erase, 'errors')).error?.code, 'CONFIRMATION_MISSING');
    assert.equal((await running.ask('audit', { ...erase, confirm: 'erase-person' }, 'errors')).error?.code, 'INPUT_INVALID', 'the card still opens doors');
    await running.ask('issue', { action: 'delete', payload: { userId: 'erase-me' } }, 'out');
    const { erased } = (await running.ask('audit', { ...erase, confirm: 'erase-person' }, 'out')).payload as { erased: number };
    assert.ok(erased >= 4, String(erased));
    assert.deepEqual((await running.ask('audit', { action: 'query', payload: { userId: 'erase-me' } }, 'out')).payload, []);
    const kinds = rows(await running.ask('audit', { action: 'query', payload: { kind: 'issue' } }, 'out'));
    assert.ok(kinds.length >= 4 && kinds.every((row) => row.userId === 'stays' || (row.userId === null && row.cardId === null)));
    assert.equal(((await running.ask('audit', { action: 'verify' }, 'out')).payload as { ok: boolean }).ok, true);
    await stopFlow();
    for (const name of await readdir(running.userDir, { recursive: true })) {
      const bytes = await readFile(join(running.userDir, name)).catch(() => Buffer.alloc(0));
      for (const personal of ['erase-me', cardId, 'ben@x', 'Ben"']) assert.ok(!bytes.includes(personal), `${name} still has ${personal}`);
    }
  });

  it('notices what was changed behind its back, and says so under the node', async () => {
    const running = await runFlow(flow(), account);
    await running.ask('access', { payload: { ...READ, cardId: '4711' } }, 'out');
    const before = (await running.ask('audit', { action: 'verify' }, 'out')).payload as { ok: boolean };
    assert.equal(before.ok, true);
    await stopFlow();
    const [name = ''] = (await readdir(running.userDir, { recursive: true })).filter((path) => /audit\/.*\d.*log$/.test(path));
    const file = join(running.userDir, name);
    const text = await readFile(file, 'utf8');
    assert.ok(text.includes('UNKNOWN_CARD'), `${name} is a segment`);
    await writeFile(file, text.replace('UNKNOWN_CARD', 'UNKNOWN_CARE'));
    const again = await runFlow(flow(), account, running.userDir);
    const verdict = (await again.ask('audit', { action: 'verify' }, 'out')).payload as { ok: boolean; firstBad: number };
    assert.equal(verdict.ok, false);
    assert.ok(verdict.firstBad > 0);
    await again.shows('audit', 'mc-audit.status.broken');
  });

  it('notices that the whole trail was thrown away, at once and ever after', async () => {
    const running = await runFlow(flow(), account);
    await running.ask('block', { payload: { cardId: '4711' } }, 'out');
    await stopFlow();
    const [trail = ''] = (await readdir(running.userDir, { recursive: true })).filter((path) => path.endsWith('audit'));
    await rm(join(running.userDir, trail), { recursive: true });
    for (let start = 0; start < 2; start += 1) {
      const again = await runFlow(flow(), account, running.userDir);
      await again.ask('block', { payload: { cardId: `47${start}` } }, 'out');
      assert.equal(((await again.ask('audit', { action: 'verify' }, 'out')).payload as { ok: boolean }).ok, false, `start ${start}`);
      await stopFlow();
    }
  });

  it('does not understand what is not in its words', async () => {
    const running = await runFlow(flow(), account);
    for (const payload of [{ userId: 7 }, { from: 'yesterday' }, { limit: 0 }, { limit: '5' }]) {
      assert.equal((await running.ask('audit', { action: 'query', payload }, 'errors')).error?.code, 'INPUT_INVALID', JSON.stringify(payload));
    }
    assert.equal((await running.ask('audit', { action: 'export', payload: { format: 'xlsx' } }, 'errors')).error?.code, 'INPUT_INVALID');
    assert.equal((await running.ask('audit', { action: 'verify', payload: { head: { seq: 'x' } } }, 'errors')).error?.code, 'INPUT_INVALID');
    assert.equal((await running.ask('audit', { action: 'burn' }, 'errors')).error?.code, 'INPUT_INVALID');
  });
});
