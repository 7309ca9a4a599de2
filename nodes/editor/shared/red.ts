import type { EditorRED } from 'node-red';

/** The editor's own global. Its types lack what a node's validators are given, so only this much is used of it. */
declare const RED: EditorRED;

/** What fills the gaps of a word. */
export type Words = Record<string, string | number>;

export type EditorTabs = ReturnType<EditorRED['tabs']['create']>;

/** A node as the editor holds it: its properties beside what the editor keeps. */
export type EditorNode = Record<string, unknown> & { id: string; type: string };

export const editor = {
  /** A word of a catalog; `key` carries its namespace. */
  word: (key: string, values: Words = {}): string => RED._(key, values),
  registerType: (type: string, definition: object): void => { RED.nodes.registerType(type, definition as never); },
  /** A node or config node by its id, null where there is none. */
  node: (id: string): EditorNode | null => RED.nodes.node(id) as EditorNode | null,
  /** Node-RED's tabs in a list. */
  tabs: (element: JQuery, onShow: (tab: { id: string }) => void): EditorTabs => RED.tabs.create({ element, onchange: onShow as never }),
  eachNode: (visit: (node: EditorNode) => void): void => {
    RED.nodes.eachNode((node) => { visit(node as EditorNode); return true; });
  },
};
