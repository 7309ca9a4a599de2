import { CardFinder } from '../../access/card-finder';
import { decideOn, readFromPayload } from '../../access/decide';
import { explain } from '../../access/explain';
import type { DecisionOptions } from '../../access/facts';
import type { Movement } from '../../access/movement/movement';
import { takeUp } from '../../access/movement/take-up';
import type { Rules } from '../../access/rules/rules';
import { McError } from '../../credential/mc-error';
import type { NedbStore } from '../../store/nedb-store';
import { accessEvent, decisionEvent, rulesEvent } from '../audit-events';
import type { Message, NodeTools, Send } from '../palette';
import { ClockWatch } from './clock-watch';
import { doorBoard } from './door-board';
import { carryOutEmergency, EMERGENCY_COMMANDS } from './emergency-desk';
import { FreeAccessKeeper } from './free-access-keeper';
import { movementOf } from './movement-keeper';
import { presenceOf, resetPeople } from './people-commands';
import type { RulesFile } from './rules-file';
import { RulesInForce, type RulesNews } from './rules-in-force';
import { tryRules } from './try-rules';

const COMMANDS = [...EMERGENCY_COMMANDS, 'explain', 'rules', 'dry-run', 'presence', 'reset'] as const;

export interface RulesGiven {
  /** The node's property, as text or as a document. */
  property: unknown;
  file: RulesFile | null;
}

/** What `mc-access` does with a message once its store is open: decide on a read, or carry out a command. */
export class AccessDesk {
  private readonly finder: CardFinder;
  private readonly movement: Movement;
  private readonly clock: ClockWatch;
  private readonly rules: RulesInForce;
  private readonly freeAccess: FreeAccessKeeper;
  private readonly doors;
  private readonly stops: (() => void)[] = [];
  private started = false;

  private constructor(private readonly store: NedbStore, given: RulesGiven, private readonly offlineLimitHours: number, private readonly tools: NodeTools) {
    this.finder = new CardFinder(store);
    this.movement = movementOf(store);
    this.doors = doorBoard(tools.RED);
    this.clock = new ClockWatch(store, () => { this.show(); });
    this.rules = new RulesInForce(tools.node.id, store, given.property, given.file, {
      onForce: (_, news) => { this.inForce(news); },
      onRefused: (error) => { this.refused(error); },
      onNotKept: (error) => { tools.raise(error as Error); },
    });
    this.freeAccess = new FreeAccessKeeper(tools.node.id, store, () => this.rules.now, (order) => { tools.emit(3, order, `order/${order.command}`); });
    this.stops.push(this.finder.start(), () => { this.clock.close(); }, store.onWrite((batch) => {
      if (batch.some(({ collection }) => collection === 'lockdowns' || collection === 'fires' || collection === 'sites')) this.show();
    }));
    if (given.file !== null) this.stops.push(given.file.watch(() => { void this.rules.start(); }));
  }

  /** The desk, with its rules in force, or without any where there are none but wrong ones. */
  static async open(store: NedbStore, given: RulesGiven, offlineLimitHours: number, tools: NodeTools): Promise<AccessDesk> {
    const desk = new AccessDesk(store, given, offlineLimitHours, tools);
    await desk.rules.start();
    desk.show();
    desk.started = true;
    return desk;
  }

  answer(msg: Message, send: Send): void | Promise<void> {
    const { command } = msg;
    if (command === undefined || command === null || command === '') {
      this.decide(msg, send);
      return undefined;
    }
    const known = COMMANDS.find((one) => one === command);
    switch (known) {
      case undefined: throw new McError('INPUT_INVALID', `Unknown msg.command. Use one of: ${COMMANDS.join(', ')}.`);
      case 'explain': this.explain(msg, send); return undefined;
      case 'rules': return this.rules.put(msg.payload).then((news) => { tell(msg, send, news); });
      case 'dry-run': return tryRules(this.store, this.rules, msg).then((answer) => { tell(msg, send, answer); });
      case 'presence': tell(msg, send, presenceOf(msg.payload, this.rulesNow(), this.movement, this.store)); return undefined;
      case 'reset': return resetPeople(msg.payload, this.movement, this.store, this.tools.node.id).then((answer) => { tell(msg, send, answer); });
      default: return carryOutEmergency(this.store, this.rules.now, known, msg, send, this.tools.node.id);
    }
  }

  /** Free access, once doors can hear of it. */
  start(): void {
    this.freeAccess.start();
  }

  close(removed: boolean): void {
    this.freeAccess.close(removed);
    for (const stop of this.stops) stop();
  }

  private decide(msg: Message, send: Send): void {
    const decided = decideOn(readFromPayload(msg.payload), this.store, this.finder, this.options());
    const { decision } = decided;
    const { writes, events } = takeUp(decided);
    msg.payload = decision;
    const { status, node } = this.tools;
    if (decision.granted) status.setActivity('green', 'dot', 'granted');
    else status.setActivity('red', 'dot', decision.reason, { plain: true });
    sendDecision(decision, msg, send);
    this.store.record(decisionEvent(decision, node.id));
    for (const event of events) {
      this.store.record(accessEvent(event, node.id));
      this.tools.emit(4, event, `event/${event.event}`);
    }
    // The door does not wait for the disk; where it cannot be kept, that is said.
    if (writes.length > 0) this.store.write(writes).catch((error: unknown) => { this.tools.raise(error as Error); });
    if (decision.granted && decision.direction === 'in') this.freeAccess.noteGrant(decision.door);
  }

  private explain(msg: Message, send: Send): void {
    const answer = explain(msg.payload, this.store, this.finder, this.options());
    msg.payload = answer;
    sendDecision(answer, msg, send);
  }

  private options(): DecisionOptions {
    return {
      now: Date.now(), offlineLimitHours: this.offlineLimitHours, monotonicMs: () => performance.now(),
      rules: this.rulesNow(), movement: this.movement, doors: this.doors, clockJumped: this.clock.look(),
    };
  }

  /** Throws what is wrong with the rules where none are in force: then nothing opens. */
  private rulesNow(): Rules {
    if (this.rules.now !== null) return this.rules.now;
    throw this.rules.whyNone ?? new McError('STORE_CLOSED', 'The rules are not read yet. Try again.');
  }

  private inForce(news: RulesNews): void {
    const { tools } = this;
    if (this.started) {
      this.store.record(rulesEvent(news, tools.node.id));
      tools.emit(4, { event: 'rules-in-force', at: news.since, ...news }, 'event/rules-in-force');
      this.freeAccess.look();
    }
    this.tools.status.setTrouble('rules', null);
    this.show();
  }

  private refused(error: McError | null): void {
    const { status, node } = this.tools;
    status.setTrouble('rules', error !== null && this.rules.now === null ? error : null);
    if (error === null) {
      status.setWarning('rules', null);
      return;
    }
    status.setWarning('rules', 'rules-refused');
    node.error(error, {});
    this.tools.emit(4, { event: 'rules-refused', at: new Date().toISOString(), code: error.code, message: error.message }, 'event/rules-refused');
  }

  /** Lasting state under the node: a fire and a lockdown are red, doubt is yellow. */
  private show(): void {
    const { status } = this.tools;
    if ([...this.store.all('fires')].length > 0) status.setBase('red', 'dot', 'fire');
    else if ([...this.store.all('lockdowns')].length > 0) status.setBase('red', 'dot', 'lockdown');
    else status.setBase('green', 'dot', 'ready');
    status.setWarning('list', [...this.store.all('sites')].some((site) => site.listAsOf === null) ? 'no-list' : null);
    status.setWarning('clock', this.clock.look() ? 'clock-doubtful' : null);
  }
}

function sendDecision({ granted }: { granted: boolean }, msg: Message, send: Send): void {
  send(granted ? [msg, null, null, null] : [null, msg, null, null]);
}

function tell(msg: Message, send: Send, payload: unknown): void {
  send([null, null, null, Object.assign(msg, { payload })]);
}
