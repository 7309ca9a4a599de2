/** Flows in a Node-RED runtime inside the test process: the real runtime, with our node types loaded from source. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import helper from 'node-red-node-test-helper';
import access from '../../nodes/mc-access';
import audit from '../../nodes/mc-audit';
import blacklist from '../../nodes/mc-blacklist';
import controller from '../../nodes/mc-controller';
import door from '../../nodes/mc-door';
import events from '../../nodes/mc-events';
import importNode from '../../nodes/mc-import';
import issue from '../../nodes/mc-issue';
import line from '../../nodes/mc-line';
import login from '../../nodes/mc-login';
import reader from '../../nodes/mc-reader';
import simulator from '../../nodes/mc-simulator';
import site from '../../nodes/mc-site';
import store from '../../nodes/mc-store';
import user from '../../nodes/mc-user';
import watch from '../../nodes/mc-watch';

const TYPES = [site, store, line, controller, login, issue, importNode, watch, blacklist, user, events, audit, reader, access, door, simulator];

helper.init(require.resolve('node-red'));

export type TestNode = (typeof TYPES)[number];

export interface FlowNode { id: string; type: string; [property: string]: unknown }

export type Message = Record<string, unknown> & { payload?: unknown; topic?: string; error?: { code?: string; message: string } };

/** Messages that arrived at one place, with a way to wait for the next one that fits. */
export class Inbox {
  readonly messages: Message[] = [];
  private waiters: (() => void)[] = [];

  take(msg: Message): void {
    this.messages.push(msg);
    for (const wake of this.waiters.splice(0)) wake();
  }

  /** The first message, also one that is already there, that fits; rejects after `ms`. */
  async next(fits: (msg: Message) => boolean = () => true, ms = 5000): Promise<Message> {
    const until = Date.now() + ms;
    for (;;) {
      const index = this.messages.findIndex(fits);
      if (index >= 0) return this.messages.splice(index, 1)[0] as Message;
      const left = until - Date.now();
      if (left <= 0) throw new Error(`no fitting message within ${ms} ms; there are ${JSON.stringify(this.messages).slice(0, 2000)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.waiters.push(() => { clearTimeout(timer); resolve(); });
      });
    }
  }

  clear(): void {
    this.messages.length = 0;
  }
}

/** A running flow: send to a node, wait at an inbox. */
export class RunningFlow {
  readonly inboxes = new Map<string, Inbox>();

  constructor(readonly userDir: string) {}

  inbox(id: string): Inbox {
    const found = this.inboxes.get(id);
    if (found === undefined) throw new Error(`no inbox ${id}`);
    return found;
  }

  send(id: string, msg: Message): void {
    helper.getNode(id).receive(msg);
  }

  /** Sends and waits for the answer at `inbox`. */
  async ask(id: string, msg: Message, inbox: string, ms = 5000): Promise<Message> {
    this.send(id, { _msgid: `m${(count += 1)}`, ...msg });
    return this.inbox(inbox).next(() => true, ms);
  }

  /** Resolves when the node shows this text. */
  async shows(id: string, text: string): Promise<void> {
    for (const end = Date.now() + 5000; this.statuses(id).at(-1)?.text !== text;) {
      if (Date.now() > end) throw new Error(`${id} shows ${JSON.stringify(this.statuses(id).at(-1))}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Statuses shown so far under a node, oldest first. */
  statuses(id: string): { fill?: string; shape?: string; text?: string }[] {
    // The helper's spy is one for all nodes.
    const spy = helper.getNode(id).status as unknown as { getCalls(): { thisValue: { id: string }; args: [{ fill?: string; text?: string }] }[] };
    return spy.getCalls().filter(({ thisValue }) => thisValue.id === id).map(({ args }) => args[0]);
  }
}

let count = 0;
let tempDirs: string[] = [];

/** Starts the flow. Every node of type `helper` becomes an inbox; `catch` nodes are core's; `more` node types as they are required. */
export async function runFlow(
  nodes: FlowNode[], credentials: Record<string, Record<string, string>> = {}, userDir?: string, more: readonly TestNode[] = [],
): Promise<RunningFlow> {
  const dir = userDir ?? await mkdtemp(join(tmpdir(), 'mc-flow-'));
  if (userDir === undefined) tempDirs.push(dir);
  helper.settings({ userDir: dir });
  const running = new RunningFlow(dir);
  // A node without x and y would be taken for a config node.
  const placed = nodes.map((node) => (node['z'] === undefined ? node : { x: 10, y: 10, wires: [], ...node }));
  await helper.load([...TYPES, ...more], placed, credentials);
  for (const { id, type } of nodes) {
    if (type !== 'helper') continue;
    const inbox = new Inbox();
    running.inboxes.set(id, inbox);
    helper.getNode(id).on('input', (msg: Message) => { inbox.take(msg); });
  }
  return running;
}

/** Puts other nodes in their place as a deploy of changed nodes only does: what is the same goes on. */
export async function deployNodes(nodes: FlowNode[]): Promise<void> {
  await helper.setFlows(nodes.map((node) => (node['z'] === undefined ? node : { x: 10, y: 10, wires: [], ...node })), 'nodes');
}

/** Stops the flow and closes its nodes; the user directory stays for a restart. */
export async function stopFlow(): Promise<void> {
  await helper.unload();
}

export async function removeUserDirs(): Promise<void> {
  const dirs = tempDirs;
  tempDirs = [];
  await Promise.all(dirs.map((dir) => rm(dir, { recursive: true, force: true })));
}

/** Config nodes of a site on a portal at `port`, and its store. */
export function siteNodes(port: number, site: Partial<FlowNode> = {}): FlowNode[] {
  return [
    { id: 'flow', type: 'tab', label: 'test' },
    { id: 'cfg-site', type: 'mc-site', provider: 'portal', domain: 'http://127.0.0.1', port: String(port), siteId: '4711', messaging: 'email', nameRule: 'strict', ...site },
    { id: 'cfg-store', type: 'mc-store', engine: 'nedb', folder: '', offlineLimitHours: 168, retentionDays: 365 },
  ];
}

/** An inbox node. */
export function inboxNode(id: string): FlowNode {
  return { id, z: 'flow', type: 'helper' };
}

/** A Catch node for the whole tab, wired to an inbox `errors`. */
export function catchNodes(): FlowNode[] {
  return [{ id: 'catch', z: 'flow', type: 'catch', scope: null, uncaught: false, wires: [['errors']] }, inboxNode('errors')];
}
