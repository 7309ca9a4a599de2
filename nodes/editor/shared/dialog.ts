import type { EditorNode } from './red';

/** The open dialog of one node: its fields by the names of the properties. */
export class Dialog {
  constructor(readonly node: EditorNode, private readonly prefix: 'node-input' | 'node-config-input') {}

  id(name: string): string {
    return `${this.prefix}-${name}`;
  }

  /** The input, select or text area of a property; empty where the dialog has none. */
  field(name: string): JQuery {
    return $(`#${this.id(name)}`);
  }

  /** As the dialog shows it now; a tick is 'true' or 'false'. */
  value(name: string): string {
    const field = this.field(name);
    if (field.attr('type') === 'checkbox') return String(field.prop('checked'));
    const value = field.val() ?? '';
    return Array.isArray(value) ? value.join(',') : String(value).trim();
  }

  /** The form around all fields, for listening to changes. */
  form(): JQuery {
    return $('.mc-form').last();
  }
}
