import assert from 'node:assert/strict';
import { type FlowNode, catchNodes, inboxNode, removeUserDirs, runFlow, type RunningFlow, siteNodes, stopFlow } from '../support/flow';
import { PlainPortal } from '../support/plain-portal';

const PATRICK = { userId: '4021', name: 'Patrick Johnson', email: 'patrick@plant.example', cardId: '998877665544' };

describe('mc-issue in a flow, against a portal that is not ours', function () {
  this.timeout(20_000);
  let portal: PlainPortal;
  let flow: RunningFlow;

  const nodes = (site: Partial<FlowNode> = {}): FlowNode[] => [
    ...siteNodes(portal.port, site),
    { id: 'issue', z: 'flow', type: 'mc-issue', site: 'cfg-site', store: 'cfg-store', action: '', wires: [['out']] },
    { id: 'login', z: 'flow', type: 'mc-login', site: 'cfg-site', store: 'cfg-store', wires: [['out']] },
    inboxNode('out'), ...catchNodes(),
  ];
  const credentials = (): Record<string, Record<string, string>> => ({ 'cfg-site': portal.account });
  const start = async (site: Partial<FlowNode> = {}, userDir?: string): Promise<void> => {
    flow = await runFlow(nodes(site), credentials(), userDir);
  };
  const issues = (): number => portal.count('POST', '/user/card');

  beforeEach(async () => {
    portal = new PlainPortal();
    await portal.start();
  });
  afterEach(async () => {
    await stopFlow();
    await portal.stop();
    await removeUserDirs();
  });

  it('issues, spends one credit, and gives the record on the same message', async () => {
    await start();
    const msg = await flow.ask('issue', { payload: PATRICK, action: 'issue', topic: 'keep me' }, 'out');
    assert.equal(msg.topic, 'keep me');
    assert.deepEqual(msg['credits'], { spent: 1, left: 9 });
    const record = msg.payload as Record<string, unknown>;
    assert.equal(record['cardId'], '998877665544');
    assert.equal(record['status'], 'before-activation');
    assert.equal(record['statusText'], 'Before Activation');
    assert.deepEqual(record['doors'], '*');
    assert.deepEqual(record['pending'], []);
    assert.equal(record['site'], '4711');
    assert.deepEqual(Object.keys(record), ['cardId', 'userId', 'name', 'email', 'phone', 'department', 'title', 'status', 'statusText',
      'blacklisted', 'validFrom', 'validTo', 'doors', 'site', 'replaces', 'issuedAt', 'activatedAt', 'updatedAt', 'pending']);
  });

  it('spends nothing on the same person again, nor after a restart', async () => {
    await start();
    await flow.ask('issue', { payload: PATRICK, action: 'issue' }, 'out');
    const again = await flow.ask('issue', { payload: PATRICK, action: 'issue' }, 'out');
    assert.deepEqual(again['credits'], { spent: 0, left: 9 });
    const { userDir } = flow;
    await stopFlow();
    await start({}, userDir);
    const later = await flow.ask('issue', { payload: { ...PATRICK, cardId: undefined }, action: 'issue' }, 'out');
    assert.equal((later.payload as { cardId: string }).cardId, '998877665544');
    assert.equal(issues(), 1);
    assert.equal(portal.credits, 9);
  });

  it('draws a number of 16 digits below 2^53 for a person without one', async () => {
    await start();
    const msg = await flow.ask('issue', { payload: { ...PATRICK, cardId: undefined }, action: 'issue' }, 'out');
    const { cardId } = msg.payload as { cardId: string };
    assert.match(cardId, /^[1-9]\d{15}$/);
    assert.ok(BigInt(cardId) < 2n ** 53n);
  });

  it('answers an array in order, failed entries in place', async () => {
    await start();
    const msg = await flow.ask('issue', {
      action: 'issue',
      payload: [PATRICK, { ...PATRICK, userId: '7', cardId: '5', name: "O'Neil" }, { userId: '8', name: 'Eve', email: 'eve@plant.example' }, PATRICK],
    }, 'out');
    const [first, second, third, fourth] = msg.payload as Record<string, never>[];
    assert.equal(first?.['userId'], '4021');
    assert.equal((second?.['error'] as unknown as { code: string }).code, 'NAME_NOT_ALLOWED');
    assert.equal((second?.['input'] as unknown as { userId: string }).userId, '7');
    assert.equal(third?.['userId'], '8');
    assert.equal(fourth?.['cardId'], first?.['cardId']);
    assert.deepEqual(msg['credits'], { spent: 2, left: 8 });
  });

  const refusals: [string, unknown, string][] = [
    ['a name with an apostrophe', { ...PATRICK, name: "O'Neil" }, 'NAME_NOT_ALLOWED'],
    ['a missing e-mail', { ...PATRICK, email: undefined }, 'EMAIL_MISSING'],
    ['a card number with a leading zero', { ...PATRICK, cardId: '0123' }, 'CARD_ID_INVALID'],
    ['a card number of 33 digits', { ...PATRICK, cardId: '1'.repeat(33) }, 'CARD_ID_INVALID'],
    ['a hexadecimal card number', { ...PATRICK, cardId: 'AF01' }, 'CARD_ID_INVALID'],
    ['a number as payload', 5, 'INPUT_INVALID'],
    ['null as payload', null, 'INPUT_INVALID'],
    ['10 MB of text as payload', 'x'.repeat(10_000_000), 'INPUT_INVALID'],
    ['10 MB in a name', { ...PATRICK, name: 'x'.repeat(10_000_000) }, 'NAME_NOT_ALLOWED'],
  ];
  for (const [words, payload, code] of refusals) {
    it(`refuses ${words} with ${code}, before anything is sent`, async () => {
      await start();
      const msg = await flow.ask('issue', { payload, action: 'issue' }, 'errors');
      assert.ok([code, code === 'NAME_NOT_ALLOWED' ? 'INPUT_INVALID' : code].includes(String(msg.error?.code)), String(msg.error?.code));
      assert.equal(issues(), 0);
    });
  }

  it('refuses a cyclic object and an unknown action', async () => {
    await start();
    const cyclic: Record<string, unknown> = { userId: '1', name: 'A' };
    cyclic['self'] = cyclic;
    cyclic['email'] = cyclic;
    const first = await flow.ask('issue', { payload: cyclic, action: 'issue' }, 'errors');
    assert.ok(['INPUT_INVALID', 'EMAIL_MISSING'].includes(String(first.error?.code)));
    const second = await flow.ask('issue', { payload: PATRICK, action: 'explode' }, 'errors');
    assert.equal(second.error?.code, 'INPUT_INVALID');
  });

  it('refuses where the site is not active, or has no credit, or keeps a reserve', async () => {
    portal.siteStatus = 'PAYMENT_REQUIRED';
    await start({ creditReserve: '3' });
    assert.equal((await flow.ask('issue', { payload: PATRICK, action: 'issue' }, 'errors')).error?.code, 'SITE_NOT_ACTIVE');
    portal.siteStatus = 'ACTIVATED';
    portal.credits = 0;
    assert.equal((await flow.ask('issue', { payload: PATRICK, action: 'issue' }, 'errors')).error?.code, 'NO_CREDIT');
    portal.credits = 3;
    assert.equal((await flow.ask('issue', { payload: PATRICK, action: 'issue' }, 'errors')).error?.code, 'CREDIT_LIMIT');
    assert.equal(issues(), 0);
  });

  for (const fault of ['act-then-drop', 'act-then-cut', 'act-then-html', 'drop'] as const) {
    it(`after ${fault}: OUTCOME_UNKNOWN, pending is kept, nothing is sent again, also after a redeploy`, async () => {
      portal.fault = (method, path) => method === 'POST' && path === '/user/card' ? fault : null;
      await start();
      const lost = await flow.ask('issue', { payload: PATRICK, action: 'issue' }, 'errors', 15_000);
      assert.equal(lost.error?.code, 'OUTCOME_UNKNOWN');
      assert.deepEqual(lost['credits'], { spent: null, left: null });
      const record = lost['credential'] as { pending: { operation: string; attempts: number }[]; status: string };
      assert.equal(record.pending[0]?.operation, 'issue');
      portal.fault = () => null;
      const { userDir } = flow;
      for (let round = 0; round < 2; round += 1) {
        flow.send('issue', { payload: PATRICK, action: 'issue' });
        if (fault === 'drop') assert.equal((await flow.inbox('errors').next()).error?.code, 'OUTCOME_UNKNOWN');
        else assert.equal(((await flow.inbox('out').next()).payload as { status: string }).status, 'before-activation');
        await stopFlow();
        await start({}, userDir);
      }
      assert.equal(issues(), 1);
      assert.equal(portal.credits, fault === 'drop' ? 10 : 9);
    });
  }

  it('finds a live credential at the site before it spends', async () => {
    portal.cards.push({ number: '777', userKey: '4021', name: 'Patrick Johnson', email: 'p@x.example', phone: undefined, status: 'ACTIVE' });
    await start();
    const msg = await flow.ask('issue', { payload: { ...PATRICK, cardId: undefined }, action: 'issue' }, 'out');
    assert.equal((msg.payload as { cardId: string }).cardId, '777');
    assert.equal((msg['credits'] as { spent: number }).spent, 0);
    const other = await flow.ask('issue', { payload: PATRICK, action: 'issue' }, 'errors');
    assert.equal(other.error?.code, 'CARD_ALREADY_ISSUED');
    assert.equal(issues(), 0);
  });

  it('re-issues, suspends, resumes, resends and deletes', async () => {
    await start();
    await flow.ask('issue', { payload: PATRICK, action: 'issue' }, 'out');
    const next = await flow.ask('issue', { payload: { userId: '4021' }, action: 'reissue' }, 'out');
    const renewed = next.payload as { cardId: string; replaces: string };
    assert.equal(renewed.replaces, '998877665544');
    assert.deepEqual(next['credits'], { spent: 1, left: 8 });
    for (const [action, status] of [['suspend', 'paused'], ['resume', 'activated'], ['resend', 'activated'], ['delete', 'deleted']]) {
      const msg = await flow.ask('issue', { payload: { cardId: renewed.cardId }, action }, 'out');
      assert.equal((msg.payload as { status: string }).status, status, action);
      assert.deepEqual(msg['credits'], { spent: 0, left: 8 });
    }
    assert.equal(portal.cards.length, 0);
    assert.equal((await flow.ask('issue', { payload: { userId: '1' }, action: 'delete' }, 'errors')).error?.code, 'ADMINISTRATOR_KEPT');
    assert.equal((await flow.ask('issue', { payload: { userId: 'nobody' }, action: 'suspend' }, 'errors')).error?.code, 'USER_NOT_FOUND');
    assert.equal((await flow.ask('issue', { payload: { cardId: '424242' }, action: 'suspend' }, 'errors')).error?.code, 'CARD_NOT_FOUND');
  });

  it('tells what the site is at login, with the figures it has', async () => {
    await start();
    const { payload } = await flow.ask('login', { payload: 'go' }, 'out');
    const { session, capabilities, ...rest } = payload as Record<string, unknown>;
    assert.deepEqual(rest, {
      siteId: '4711', name: 'Plant North', provider: 'portal', accessType: 'REGULAR', status: 'ACTIVATED', messaging: 'email',
      credits: { card: 10, maintenance: 0, text: 3, used: null, bought: null },
    });
    assert.ok(Date.parse((session as { expiresAt: string }).expiresAt) > Date.now());
    assert.ok((capabilities as string[]).includes('issue'));
  });
});
