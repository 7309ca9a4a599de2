import { CardFinder } from '../access/card-finder';
import { decide, readFromPayload } from '../access/decide';
import type { Decision, DoorOrder } from '../access/decision';
import { explain } from '../access/explain';
import { lockdown, lockdownOrders, releaseLockdown } from '../access/lockdown';
import type { DecisionOptions } from '../access/facts';
import { readRules } from '../access/rules/read-rules';
import type { Rules } from '../access/rules/rules';
import { McError } from '../credential/mc-error';
import type { StoreWrite } from '../credential/store-port';
import type { NedbStore } from '../store/nedb-store';
import { decisionEvent, emergencyEvent } from './audit-events';
import type { Message, NodeTools, Send } from './palette';
import type { StoreLoan } from './store-node';

const COMMANDS = ['lockdown', 'release', 'explain'] as const;

/** What `mc-access` does with a message: decide on a read, or carry out a command. */
export class AccessDesk {
  private readonly rules: Rules;
  private finder: CardFinder | null = null;
  private readonly stops: (() => void)[] = [];

  constructor(private readonly loan: StoreLoan, rules: unknown, private readonly tools: NodeTools) {
    this.rules = readRules(rules);
    tools.status.setBase('grey', 'ring', 'ready');
    void loan.ready().then((store) => { this.watch(store); }, () => undefined);
  }

  answer(store: NedbStore, msg: Message, send: Send): void | Promise<void> {
    const command = msg['command'];
    if (command === undefined || command === null || command === '') {
      this.decide(store, msg, send);
      return undefined;
    }
    switch (COMMANDS.find((known) => known === command)) {
      case 'explain': this.explain(store, msg, send); return undefined;
      case 'lockdown':
      case 'release': return this.emergency(store, command as 'lockdown' | 'release', msg, send);
      default: throw new McError('INPUT_INVALID', `Unknown msg.command. Use one of: ${COMMANDS.join(', ')}.`);
    }
  }

  /** After a restart the doors hear again what still holds. */
  async announceLockdowns(): Promise<void> {
    const store = await this.loan.ready().catch(() => null);
    if (store === null) return;
    for (const order of lockdownOrders(store, Date.now())) this.tools.emit(3, order, `order/${order.command}`);
  }

  close(): void {
    for (const stop of this.stops) stop();
  }

  private decide(store: NedbStore, msg: Message, send: Send): void {
    const decision = decide(readFromPayload(msg.payload), store, this.finderOf(store), this.options(Date.now()));
    msg.payload = decision;
    const { status } = this.tools;
    if (decision.granted) status.setActivity('green', 'dot', 'granted');
    else status.setActivity('red', 'dot', decision.reason, { plain: true });
    this.sendDecision(decision, msg, send);
    store.record(decisionEvent(decision, this.tools.node.id));
  }

  private explain(store: NedbStore, msg: Message, send: Send): void {
    const answer = explain(msg.payload, store, this.finderOf(store), this.options(Date.now()));
    msg.payload = answer;
    this.sendDecision(answer, msg, send);
  }

  private sendDecision(decision: Pick<Decision, 'granted'>, msg: Message, send: Send): void {
    send(decision.granted ? [msg, null, null] : [null, msg, null]);
  }

  private async emergency(store: NedbStore, command: 'lockdown' | 'release', msg: Message, send: Send): Promise<void> {
    const door = doorOf(msg);
    const act = command === 'lockdown' ? lockdown : releaseLockdown;
    // One after the other: each looks at what the one before has left.
    const topic = msg.topic;
    await store.exclusive('lockdowns', async () => {
      const { writes, orders } = act(store, door, Date.now());
      const told: StoreWrite = { collection: 'audit', event: emergencyEvent(command, door, this.tools.node.id) };
      const tell = (): void => {
        orders.forEach((order: DoorOrder, index: number) => {
          send([null, null, index === 0 ? Object.assign(msg, { payload: order }) : { payload: order, topic }]);
        });
      };
      // An emergency does not wait for a disk: what cannot be kept holds until the next start, and the error says so.
      try {
        await store.writeOrHold([...writes, told]);
      } finally {
        tell();
      }
    });
  }

  private options(now: number): DecisionOptions {
    return { now, rules: this.rules, offlineLimitHours: this.loan.offlineLimitHours, monotonicMs: () => performance.now() };
  }

  private finderOf(store: NedbStore): CardFinder {
    if (this.finder === null) this.stops.push((this.finder = new CardFinder(store)).start());
    return this.finder;
  }

  /** Lasting state under the node: a lockdown is red, no list of the site yet is yellow. */
  private watch(store: NedbStore): void {
    const show = (): void => {
      const { status } = this.tools;
      const locked = [...store.all('lockdowns')].length > 0;
      const sites = [...store.all('sites')];
      if (locked) status.setBase('red', 'dot', 'lockdown');
      else status.setBase('green', 'dot', 'ready');
      status.setWarning('list', sites.some((site) => site.listAsOf === null) ? 'no-list' : null);
    };
    show();
    this.stops.push(store.onWrite((batch) => {
      if (batch.some(({ collection }) => collection === 'lockdowns' || collection === 'sites')) show();
    }));
  }
}

/** Empty is all doors; anything that is no text is a mistake, and too big a one to guess at. */
function doorOf({ door }: Message): string {
  if (door === undefined || door === null) return '';
  if (typeof door === 'string') return door.trim();
  throw new McError('INPUT_INVALID', 'msg.door must be the name of a door, or empty for all doors.');
}
