import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import { isMcError } from '../credential/mc-error';
import type { ControllerLoan } from './controller-node';
import { onFlowsStarted } from './flows-started';
import { NodeStatus } from './node-status';
import { OutboxLoan } from './outbox-loan';
import { Settings } from './settings';
import { within } from './within';
import { Shared, sharedOf } from './shared';
import type { SiteLoan } from './site-node';
import type { StoreLoan } from './store-node';

/** A message as it travels: the payload and whatever else came before. */
export type Message = NodeMessage & Record<string, unknown>;

const UNDER_WAY_MS = 3000;

/** One value for output 1, or an array with one entry an output. */
export type Send = (msg: Message | (Message | null)[]) => void;

/** What a node type does; everything around it is the same for all. */
export interface Behaviour {
  /** Rejecting or throwing raises the error; resolving completes the message. */
  onMessage?(msg: Message, send: Send): void | Promise<void>;
  /** `removed`: the node is gone from the flow, not only started anew. */
  close?(removed: boolean): void | Promise<void>;
}

/** What a node type gets to work with. */
export class NodeTools {
  readonly status: NodeStatus;
  readonly settings: Settings;
  private readonly releases: (() => void)[] = [];

  constructor(readonly RED: NodeAPI, readonly node: Node, config: NodeDef) {
    this.status = new NodeStatus(node);
    this.settings = new Settings(config as unknown as Record<string, unknown>);
  }

  site(): SiteLoan {
    return this.borrow<SiteLoan>('mc-site', 'site');
  }

  store(): StoreLoan {
    const store = this.borrow<StoreLoan>('mc-store', 'store');
    this.atClose(store.follow(this.status));
    return store;
  }

  /** The outbox of the node's site and store: from here on open operations are settled by themselves. */
  outbox(site: SiteLoan, store: StoreLoan): OutboxLoan {
    const outbox = OutboxLoan.borrow(site, store);
    this.atClose(() => { outbox.release(); });
    return outbox;
  }

  controller(): ControllerLoan {
    return this.borrow<ControllerLoan>('mc-controller', 'controller');
  }

  /** True where a reference is filled in, for those that may be empty. */
  has(property: string): boolean {
    return this.settings.text(property) !== '';
  }

  /** Runs `release` when the node closes, in reverse order. */
  atClose(release: () => void): void {
    this.releases.unshift(release);
  }

  /** Runs once all flows stand, so that what is sent then finds its receivers. */
  whenStarted(work: () => void): void {
    const stop = onFlowsStarted(this.RED, () => {
      stop();
      work();
    });
    this.atClose(stop);
  }

  /** A message of the node's own on one output, counted from 1. */
  emit(output: number, payload: unknown, topic: string): void {
    const outputs: (Message | null)[] = Array.from({ length: output }, () => null);
    outputs[output - 1] = { payload, topic };
    this.node.send(outputs);
  }

  /** An error that belongs to no message: Catch nodes see it, the status shows it. */
  raise(error: Error): void {
    this.status.setTrouble('last', error);
    this.node.error(error, {});
  }

  release(): void {
    for (const release of this.releases) release();
    this.status.close();
  }

  private borrow<T>(type: string, property: string): T {
    const shared: Shared<T> = sharedOf<T>(this.RED, type, this.settings.text(property));
    const thing = shared.use(this.node);
    this.atClose(() => { shared.release(this.node); });
    return thing;
  }
}

/**
 * Registers a palette node type. A setting that is wrong leaves the node standing with a red status, and every
 * message then raises that error; `done` is called exactly once a message.
 */
export function registerPalette(RED: NodeAPI, type: string, start: (tools: NodeTools) => Behaviour): void {
  RED.nodes.registerType(type, function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    const tools = new NodeTools(RED, this, config);
    const behaviour = started(tools, start);
    const underWay = new Set<Promise<void>>();
    this.on('input', (msg, send, done) => {
      const work = handle(behaviour, tools, msg as Message, send as Send)
        .then(() => { done(); }, (error: unknown) => { done(error as Error); })
        .finally(() => { underWay.delete(work); });
      underWay.add(work);
    });
    this.on('close', (removed: boolean, done: () => void) => {
      void closed(behaviour, tools, removed, underWay).finally(done);
    });
  });
}

function started(tools: NodeTools, start: (tools: NodeTools) => Behaviour): Behaviour {
  try {
    return start(tools);
  } catch (error) {
    if (!isMcError(error)) throw error;
    tools.status.setTrouble('config', error);
    tools.node.warn(`${error.code}: ${error.message}`);
    return { onMessage: () => { throw error; } };
  }
}

async function handle(behaviour: Behaviour, tools: NodeTools, msg: Message, send: Send): Promise<void> {
  try {
    await behaviour.onMessage?.(msg, send);
    tools.status.setTrouble('last', null);
  } catch (error) {
    tools.status.clearActivity();
    tools.status.setTrouble('last', error);
    throw error;
  }
}

/** What is under way may end, within a limit: an answer that is just coming in is worth more than a quick deploy. */
async function closed(behaviour: Behaviour, tools: NodeTools, removed: boolean, underWay: ReadonlySet<Promise<void>>): Promise<void> {
  try {
    if (underWay.size > 0) await within(UNDER_WAY_MS, Promise.allSettled(underWay));
    await behaviour.close?.(removed);
  } finally {
    tools.release();
  }
}
