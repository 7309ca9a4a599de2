import type { Node, NodeAPI, NodeDef } from 'node-red';
import { isMcError, McError } from '../credential/mc-error';
import { NodeStatus } from './node-status';
import { Settings } from './settings';

/** What a config node type gets to work with. */
export interface ConfigTools {
  RED: NodeAPI;
  node: Node;
  settings: Settings;
  /** Secrets and account, as Node-RED's credentials store has them. */
  credentials: Settings;
  status: NodeStatus;
  config: Record<string, unknown>;
}

/** Registers a config node type; `start` lends its thing by a `Shared` and returns what ends it. */
export function registerConfig(
  RED: NodeAPI,
  type: string,
  start: (tools: ConfigTools) => () => void | Promise<void>,
  credentials?: Record<string, { type: 'text' | 'password' }>,
): void {
  const definition = function (this: Node, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    const status = new NodeStatus(this);
    const held = (this as unknown as { credentials?: Record<string, unknown> }).credentials ?? {};
    const end = start({
      RED, node: this, status,
      settings: new Settings(config as unknown as Record<string, unknown>),
      credentials: new Settings(held),
      config: config as unknown as Record<string, unknown>,
    });
    this.on('close', (_removed: boolean, done: () => void) => {
      status.close();
      void Promise.resolve().then(end).catch((error: unknown) => { this.warn(String(error)); }).finally(done);
    });
  };
  RED.nodes.registerType(type, definition, credentials === undefined ? undefined : { credentials });
}

/** The thing that `make` builds, or the McError that keeps it from being built, said once in the log. */
export function orProblem<T>(tools: ConfigTools, make: () => T): T | McError {
  try {
    return make();
  } catch (error) {
    if (!isMcError(error)) throw error;
    tools.status.setTrouble('config', error);
    tools.node.warn(`${error.code}: ${error.message}`);
    return error;
  }
}
