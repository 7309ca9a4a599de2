import type { Sibling } from './checks';
import { Dialog } from './dialog';
import { fillIn } from './fill-in';
import { hidden, type Property } from './properties';
import { editor, type EditorNode } from './red';
import { showWhen } from './show-when';
import { addStyle } from './style';
import { commonWord, word } from './words';

/** Shape of the properties; a flow of another version says so by it. */
const SCHEMA_VERSION = '1';

const COLOURS = { config: '#8FBBC4', site: '#74B3CE', door: '#6FBFAE', simulator: '#A9C3CE' } as const;

interface Common {
  properties: Readonly<Record<string, Property>>;
  /** What stands on the node, where it has no name; null = the type's own words. */
  labelOf?: (node: EditorNode) => string | null;
  /** After the fields are filled in. */
  prepare?: (dialog: Dialog) => void;
}

export interface ConfigDefinition extends Common {
  credentials?: Readonly<Record<string, { type: 'text' | 'password'; required?: boolean }>>;
}

export interface PaletteDefinition extends Common {
  family: Exclude<keyof typeof COLOURS, 'config'>;
  /** Catalog keys under `port`; null = no input. */
  input: string | null;
  outputs: readonly string[];
}

export function registerConfigNode(type: string, { credentials, ...definition }: ConfigDefinition): void {
  register(type, 'node-config-input', definition, { category: 'config', color: COLOURS.config, credentials });
}

export function registerPaletteNode(type: string, { family, input, outputs, ...definition }: PaletteDefinition): void {
  register(type, 'node-input', definition, {
    category: 'mobile credential',
    color: COLOURS[family],
    inputs: input === null ? 0 : 1,
    outputs: outputs.length,
    inputLabels: input === null ? undefined : () => word(type, `port.${input}`),
    outputLabels: (index: number) => { const key = outputs[index]; return key === undefined ? '' : word(type, `port.${key}`); },
    icon: `${type}.svg`,
  });
}

function register(type: string, prefix: 'node-input' | 'node-config-input', { properties, labelOf, prepare }: Common, rest: object): void {
  addStyle();
  /** The node whose dialog is open, so that checks look at what is being typed. */
  let open: Dialog | null = null;
  const sibling = (node: EditorNode): Sibling => (name) =>
    (open?.node === node && open.field(name).length > 0 ? open.value(name) : node[name]);
  const closed = (): void => { open = null; };
  const all: Readonly<Record<string, Property>> = { name: { value: '', field: 'text', check: () => null, required: false }, ...properties, schemaVersion: hidden(SCHEMA_VERSION) };

  editor.registerType(type, {
    ...rest,
    defaults: Object.fromEntries(Object.entries(all).map(([name, property]) => [name, defaultOf(type, name, property, sibling)])),
    label(this: EditorNode) {
      if (typeof this['name'] === 'string' && this['name'] !== '') return this['name'];
      return labelOf?.(this) ?? word(type, 'title');
    },
    labelStyle(this: EditorNode) {
      return typeof this['name'] === 'string' && this['name'] !== '' ? 'node_label_italic' : '';
    },
    paletteLabel: () => word(type, 'title'),
    oneditprepare(this: EditorNode) {
      const dialog = new Dialog(this, prefix);
      open = dialog;
      for (const [name, property] of Object.entries(all)) fillIn(dialog, name, property);
      prepare?.(dialog);
      showWhen(dialog);
    },
    oneditsave: closed,
    oneditcancel: closed,
    oneditdelete: closed,
  });
}

/** `_ADD_` is what Node-RED's select of config nodes holds while none is chosen. */
function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && ['', '_ADD_'].includes(value.trim()));
}

/** An entry of Node-RED's `defaults`. Most references are checked by Node-RED itself, also for what they refer to. */
function defaultOf(type: string, name: string, { value, check, required, type: reference, field }: Property, sibling: (node: EditorNode) => Sibling): object {
  if (field === 'hidden' || name === 'name') return { value };
  const label = word(type, `label.${name}`);
  if (reference !== undefined && typeof required === 'boolean') return { value, type: reference, required, label };
  return {
    value, label, ...(reference === undefined ? {} : { type: reference }),
    // Two parameters tell Node-RED that a text may come back.
    validate(this: EditorNode, given: unknown, _options: unknown): true | string {
      const siblings = sibling(this);
      const needed = typeof required === 'function' ? required(siblings) : required;
      const fault = needed && isEmpty(given) ? { key: 'missing' } : check(given, siblings);
      return fault === null ? true : `${label}: ${commonWord(`errors.${fault.key}`, fault.values)}`;
    },
  };
}
