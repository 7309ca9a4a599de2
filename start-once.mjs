/**
 * The whole journey of the demonstration flow, played through a running Node-RED: its buttons are pressed by the admin
 * API as the editor does it, its messages are read where the editor's sidebar reads them, and the simulator's page does
 * what people do there: open a message, present a card, push a door.
 */
import { openDebugFeed } from './test/support/debug-feed.mjs';
import { SimulatorPage } from './test/support/simulator-page.mjs';

const PATRICK = { userId: '4021', cardId: '998877665544' };
const MINA = '4022';
const VISITOR = '4023';
/** The flow's readers take the same card within this time for one that is still held there. */
const REPEAT_MS = 2100;
const STEP_LIMIT_MS = 10_000;

/** Plays it; prints a line a step with its time; resolves with `{ passed, failed }`. A step that fails ends it. */
export async function playJourney({ nodeRed, nodeRedFolder, simulatorUrl, print = console.log }) {
  const feed = await openDebugFeed({ url: nodeRed.url, nodeRedFolder });
  const page = new SimulatorPage(simulatorUrl);
  const journey = new Journey(nodeRed, feed, page);
  const counts = { passed: 0, failed: 0 };
  const from = Date.now();
  try {
    for (const [what, work] of steps(journey)) {
      const began = Date.now();
      try {
        const remark = await work();
        counts.passed += 1;
        print(`✓ ${what}${remark === undefined ? '' : ` · ${remark}`}  ${Date.now() - began} ms`);
      } catch (error) {
        counts.failed += 1;
        print(`✗ ${what}  ${Date.now() - began} ms\n    ${error.message.replaceAll('\n', '\n    ')}`);
        break;
      }
    }
  } finally {
    feed.close();
  }
  print(`${counts.failed === 0 ? '✓' : '✗'} ${counts.passed} steps held, ${counts.failed} did not, in ${((Date.now() - from) / 1000).toFixed(1)} s`);
  return counts;
}

/** The steps in their order: what is said of each, and what is done and must hold. What a step returns is a remark. */
function steps(journey) {
  const { page } = journey;
  let reissued = '';
  return [
    ['the simulated site answers', () => page.whenUp()],
    ['sign in to the site', async () => {
      const { payload } = await journey.press('login', 'login');
      expect(payload.siteId, '1001', 'site');
      expect(payload.credits.card, 5, 'credits');
      return `${payload.name}, ${payload.credits.card} credits`;
    }],
    ['issue three credentials: three credits spent', async () => {
      const { payload, credits } = await journey.press('issue', 'issue');
      expect(payload.map(({ status }) => status), Array(3).fill('before-activation'), 'statuses');
      expect(payload[0].cardId, PATRICK.cardId, 'Patrick\'s card');
      expect(credits, { spent: 3, left: 2 }, 'credits');
      journey.cards = Object.fromEntries(payload.map(({ userId, cardId }) => [userId, cardId]));
      return 'Patrick Johnson, Mina Park, Visitor_07';
    }],
    ['issue again: nothing is spent, they have theirs', async () => {
      const { credits } = await journey.press('issue', 'issue');
      expect(credits, { spent: 0, left: 2 }, 'credits');
    }],
    ['the portal lists them as Before Activation', async () => {
      const row = await page.credential(PATRICK.cardId);
      expect([row.name, row.statusText], ['Patrick Johnson', 'Before Activation'], 'row');
    }],
    ['the phone got a message with a link', async () => { await page.message(PATRICK.userId); }],
    ['the watch tells Before Activation', () => journey.watched(PATRICK.cardId, 'before-activation')],
    ['a card that is not activated is refused', () => journey.refused(1, PATRICK.cardId, 'BEFORE_ACTIVATION')],
    ['Patrick presses the link: the portal shows Activation', async () => {
      await page.activate(PATRICK.userId);
      expect((await page.credential(PATRICK.cardId)).statusText, 'Activation', 'status');
    }],
    ['the watch tells Activation', () => journey.watched(PATRICK.cardId, 'activated')],
    ['the card is presented at reader 1: granted, the strike fires', () => journey.opens(1, PATRICK.cardId)],
    ['the door opens, and closes: the strike is off again', async () => {
      await page.push(1, true);
      await journey.event('opened');
      await page.until('the strike off', (state) => !state.doors[0].strike);
      await page.push(1, false);
      await journey.event('closed');
    }],
    ['block: the next read is refused', async () => {
      const { payload } = await journey.press('block', 'blacklist');
      expect(payload.blacklisted, true, 'blacklisted');
      await journey.refused(1, PATRICK.cardId, 'BLACKLISTED');
    }],
    ['unblock: granted again', async () => {
      const { payload } = await journey.press('unblock', 'blacklist');
      expect(payload.blacklisted, false, 'blacklisted');
      await journey.opens(1, PATRICK.cardId);
    }],
    ['a visitor opens the back door and not the front door', async () => {
      await page.activate(VISITOR);
      await journey.watched(journey.cards[VISITOR], 'activated');
      await journey.refused(1, journey.cards[VISITOR], 'DOOR_NOT_ALLOWED');
      await journey.opens(2, journey.cards[VISITOR]);
    }],
    ['re-issue: a credit spent, a new number', async () => {
      const { payload, credits } = await journey.press('reissue', 'life');
      expect(credits, { spent: 1, left: 1 }, 'credits');
      expect(payload.replaces, PATRICK.cardId, 'replaces');
      reissued = payload.cardId;
    }],
    ['the former card is refused at once', () => journey.refused(1, PATRICK.cardId, 'SUPERSEDED')],
    ['the new one is activated', async () => {
      await page.activate(PATRICK.userId);
      await journey.watched(reissued, 'activated');
    }],
    ['the portal goes down: the new card opens all the same', async () => {
      await page.portal(false);
      await journey.opens(1, reissued);
      await page.portal(true);
    }],
    ['lockdown: an activated card is refused', async () => {
      await page.activate(MINA);
      await journey.watched(journey.cards[MINA], 'activated');
      await journey.press('lockdown', 'door', ({ payload }) => payload.door === 'Front door');
      await journey.refused(1, journey.cards[MINA], 'LOCKDOWN');
    }],
    ['release: it opens', async () => {
      await journey.press('release', 'door', ({ payload }) => payload.door === 'Front door');
      await journey.opens(1, journey.cards[MINA]);
    }],
    ['delete: the card is refused, no credit comes back', async () => {
      const { payload, credits } = await journey.press('delete', 'life');
      expect(payload.status, 'deleted', 'status');
      expect(credits, { spent: 0, left: 1 }, 'credits');
      await journey.refused(1, reissued, 'DELETED');
    }],
    ['the log names nobody and holds no number, password or link', () => journey.logIsPrivate([...Object.values(journey.cards), reissued])],
  ];
}

class Journey {
  cards = {};
  #presented = new Map();

  constructor(nodeRed, feed, page) {
    this.nodeRed = nodeRed;
    this.feed = feed;
    this.page = page;
  }

  /** Presses the button of an inject node and resolves with what the debug node behind shows; an error there rejects. */
  async press(button, shownAt, fits = () => true) {
    await this.nodeRed.post(`/inject/demo-inject-${button}`);
    return await this.#orError(this.feed.next(`demo-debug-${shownAt}`, fits, STEP_LIMIT_MS));
  }

  /** The watch's message on this card's new status, asked for at once. */
  async watched(cardId, to) {
    await this.nodeRed.post('/inject/demo-inject-watch');
    await this.#orError(this.feed.next('demo-debug-watch', ({ payload }) => [payload].flat().some((change) => change?.cardId === cardId && change.to === to), STEP_LIMIT_MS));
  }

  /** Granted, the door's answer says so, and its strike is on: fired now, unless the last opening's was still on. */
  async opens(reader, cardId) {
    const before = (await this.page.state()).doors[reader - 1];
    const { granted, reason } = await this.#read(reader, cardId);
    if (!granted) throw new Error(`refused: ${reason}`);
    const strike = await this.#orError(this.feed.next('demo-debug-door', ({ payload }) => payload.command === 'open' && payload.state === 'granted', STEP_LIMIT_MS));
    await this.page.until(`strike ${reader} on`, ({ doors }) => doors[reader - 1].strike && (before.strike || doors[reader - 1].strikes > before.strikes));
    return `strike after ${strike.payload.latencyMs} ms`;
  }

  /** Denied for this reason, and no strike fired. */
  async refused(reader, cardId, wanted) {
    const before = await this.page.state();
    const { granted, reason } = await this.#read(reader, cardId);
    if (granted || reason !== wanted) throw new Error(`${wanted} was expected, the decision is ${reason}`);
    const fired = (await this.page.state()).doors.find(({ strikes }, index) => strikes > before.doors[index].strikes);
    if (fired !== undefined) throw new Error(`the strike of door ${fired.door} fired all the same`);
    return reason;
  }

  async event(name) {
    await this.feed.next('demo-debug-door-events', ({ payload }) => payload.event === name, STEP_LIMIT_MS);
  }

  async logIsPrivate(cards) {
    const secrets = ['Patrick', 'Mina Park', '@example.com', 'portal-to-door-demo', 'Visitor_07', 'Bearer', 'eyJ', ...cards, ...await this.page.links()];
    const line = this.nodeRed.log.find((text) => secrets.some((secret) => text.includes(secret)));
    if (line !== undefined) throw new Error(`the log says: ${line}`);
    return `${this.nodeRed.log.length} lines`;
  }

  /** Presents a card, after the time in which the reader takes it for still held; resolves with the decision. */
  async #read(reader, cardId) {
    const key = `${reader} ${cardId}`;
    const wait = (this.#presented.get(key) ?? 0) + REPEAT_MS - Date.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    await this.page.present(reader, cardId);
    this.#presented.set(key, Date.now());
    const decision = await this.feed.next(['demo-debug-granted', 'demo-debug-denied'], ({ payload }) => payload.cardId === cardId, STEP_LIMIT_MS);
    return decision.payload;
  }

  /** The message, or the error that the flow's Catch node has got instead. */
  async #orError(message) {
    return await message.catch((error) => {
      const caught = this.feed.entries.filter(({ node }) => node === 'demo-debug-errors').map(({ msg }) => `${msg.error?.code ?? ''} ${msg.error?.message ?? ''}`);
      throw caught.length === 0 ? error : new Error(`${error.message}\nerrors in the flow:\n${caught.join('\n')}`);
    });
  }
}

function expect(given, wanted, what) {
  const [is, should] = [given, wanted].map((value) => JSON.stringify(value));
  if (is !== should) throw new Error(`${what}: ${is} where ${should} was expected`);
}
