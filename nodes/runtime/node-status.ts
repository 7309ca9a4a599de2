import type { Node, NodeStatusFill, NodeStatusShape } from 'node-red';
import { isMcError } from '../credential/mc-error';
import { unresolvedVariable } from './settings';

export interface Shown {
  fill: NodeStatusFill;
  shape: NodeStatusShape;
  /** A key of the node's own catalog under `status`, or a text when `plain`. */
  text: string;
  plain?: boolean;
}

/** Until a passing activity gives way to the lasting state again. */
const ACTIVITY_MS = 4000;

/**
 * What stands under a node: a passing activity, else what is wrong, else a warning, else the base state.
 * Texts are catalog keys, which the editor translates; a Status node sees the key, so flows may rely on it.
 */
export class NodeStatus {
  private base: Shown | null = null;
  private readonly troubles = new Map<string, Shown>();
  private readonly warnings = new Map<string, Shown>();
  private activity: Shown | null = null;
  private timer: NodeJS.Timeout | undefined;
  private last = '';

  constructor(private readonly node: Node) {}

  setBase(fill: NodeStatusFill, shape: NodeStatusShape, text: string, plain = false): void {
    this.base = { fill, shape, text, plain };
    this.show();
  }

  /** Something that passes: work under way, a read, an answer. Lasting until the next one with `stay`. */
  setActivity(fill: NodeStatusFill, shape: NodeStatusShape, text: string, options: { plain?: boolean; stay?: boolean } = {}): void {
    clearTimeout(this.timer);
    this.activity = { fill, shape, text, plain: options.plain ?? false };
    if (!options.stay) this.timer = setTimeout(() => { this.clearActivity(); }, ACTIVITY_MS).unref();
    this.show();
  }

  clearActivity(): void {
    clearTimeout(this.timer);
    this.activity = null;
    this.show();
  }

  /** Yellow and lasting: the node works, and a person should know. Null takes it away. */
  setWarning(name: string, text: string | null): void {
    if (text === null) this.warnings.delete(name);
    else this.warnings.set(name, { fill: 'yellow', shape: 'dot', text });
    this.show();
  }

  /** Red and lasting until taken away by null. */
  setTrouble(name: string, error: unknown): void {
    if (error === null) this.troubles.delete(name);
    else this.troubles.set(name, troubleOf(error));
    this.show();
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private show(): void {
    const shown = this.activity ?? first(this.troubles) ?? first(this.warnings) ?? this.base;
    const status = shown === null ? {} : { fill: shown.fill, shape: shown.shape, text: this.textOf(shown) };
    const now = JSON.stringify(status);
    if (now === this.last) return;
    this.last = now;
    this.node.status(status);
  }

  private textOf(shown: Shown): string {
    return shown.plain ? shown.text : `${this.node.type}.status.${shown.text}`;
  }
}

function first(map: Map<string, Shown>): Shown | null {
  for (const shown of map.values()) return shown;
  return null;
}

/** Red, with the error's code in the text, or the variable that has no value. */
function troubleOf(error: unknown): Shown {
  if (!isMcError(error)) return { fill: 'red', shape: 'ring', text: 'error' };
  if (error.code === 'CONFIG_UNRESOLVED') {
    return { fill: 'red', shape: 'ring', text: `\${${unresolvedVariable(error)}}?`, plain: true };
  }
  return { fill: 'red', shape: 'ring', text: error.code, plain: true };
}
