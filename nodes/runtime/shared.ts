import type { Node, NodeAPI } from 'node-red';
import { McError } from '../credential/mc-error';
import { within } from './within';

const USERS_MS = 4000;

/**
 * What a config node lends to the nodes that use it. The first user opens it and the last one lets it go; Node-RED
 * passes a config node's status and errors on to the tabs of the nodes in its `users` (Flow.handleStatus), so the
 * map is kept here.
 */
export class Shared<T> {
  private readonly usersById: Record<string, Node> = {};
  private whenIdle: (() => void)[] = [];

  constructor(
    private readonly thing: T | McError,
    owner: Node,
    private readonly hooks: { first?: () => void; last?: () => void } = {},
  ) {
    (owner as Node & { users?: unknown }).users = this.usersById;
    (owner as Node & { shared?: unknown }).shared = this;
  }

  /** Throws the config node's own problem: a wrong setting there is the user's problem too. */
  use(user: Node): T {
    if (this.thing instanceof McError) throw this.thing;
    const wasIdle = Object.keys(this.usersById).length === 0;
    this.usersById[user.id] = user;
    if (wasIdle) this.hooks.first?.();
    return this.thing;
  }

  /** The thing without becoming a user of it: it is not opened for this. */
  peek(): T {
    if (this.thing instanceof McError) throw this.thing;
    return this.thing;
  }

  release(user: Node): void {
    if (this.usersById[user.id] !== user) return;
    Reflect.deleteProperty(this.usersById, user.id);
    if (Object.keys(this.usersById).length > 0) return;
    this.hooks.last?.();
    for (const wake of this.whenIdle.splice(0)) wake();
  }

  /**
   * Resolves when nobody uses it any more. Node-RED closes config nodes and their users side by side, and a door has
   * to let go of its strike before its line ends. Whoever does not let go within `USERS_MS` is not waited for.
   */
  async idle(): Promise<void> {
    if (Object.keys(this.usersById).length === 0) return;
    await within(USERS_MS, new Promise<void>((resolve) => { this.whenIdle.push(resolve); }));
  }
}

/** The shared thing behind a reference, or CONFIG_MISSING in words when there is none, or it is disabled. */
export function sharedOf<T>(RED: NodeAPI, type: string, id: string): Shared<T> {
  const found = id === '' ? null : (RED.nodes.getNode(id) as (Node & { shared?: unknown }) | null);
  if (found?.type !== type || !(found.shared instanceof Shared)) {
    throw new McError('CONFIG_MISSING', `Choose a ${type} node that exists and is enabled.`);
  }
  return found.shared as Shared<T>;
}
