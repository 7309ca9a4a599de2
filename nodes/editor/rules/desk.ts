import { doorNames } from '../shared/door-names';
import type { Words } from '../shared/red';
import { word } from '../shared/words';
import { documentOf, textOf } from './document';
import { renameEntry } from './rename';
import { type Fields, isFields, type Slot } from './slot';

/** What everything in the dialog works on: the document, and the text that Node-RED saves. */
export class RulesDesk {
  document: Fields = {};
  /** There were no rules before. */
  private isNew = false;
  private ids = 0;

  constructor(private readonly text: JQuery, private readonly form: JQuery) {}

  /** Takes the document from the text. False where it holds none; then the former one stays. */
  read(): boolean {
    const found = documentOf(String(this.text.val()));
    if (found !== null) {
      this.document = found;
      this.isNew = Object.keys(found).length === 0;
    }
    return found !== null;
  }

  /** Writes the document into the text: called after every change, and never where there was none. */
  changed(): void {
    if (this.isNew && !('version' in this.document) && Object.keys(this.document).length > 0) this.document = { version: 1, ...this.document };
    this.text.val(textOf(this.document)).trigger('change');
  }

  says(key: string, values?: Words): string {
    return word('mc-access', `rules.${key}`, values);
  }

  newId(): string {
    return `mc-rules-${String(this.ids += 1)}`;
  }

  /** The document itself as a place. */
  whole(): Slot {
    return { get: () => this.document, set: () => undefined, path: () => '' };
  }

  entries(part: string): Fields {
    const found = this.document[part];
    return isFields(found) ? found : {};
  }

  /** Names to offer: those of the document, and the doors that the flows have. */
  names(part: string): string[] {
    const own = Object.keys(this.entries(part)).filter((name) => name !== '' && name !== '*');
    return part === 'doors' ? [...new Set([...own, ...doorNames()])] : own;
  }

  add(part: string, name: string, value: unknown): void {
    this.document[part] = { ...this.entries(part), [name]: value };
  }

  /** The last one takes its part along. */
  remove(part: string, name: string): void {
    const left = Object.fromEntries(Object.entries(this.entries(part)).filter(([one]) => one !== name));
    if (Object.keys(left).length > 0) this.document[part] = left;
    else Reflect.deleteProperty(this.document, part);
  }

  rename(part: string, from: string, to: string): void {
    renameEntry(this.document, { part, from, to });
    this.refresh();
  }

  /** A door that the flows have and a field names is declared with it: that is no slip of the pen. */
  declare(door: string): void {
    if (door in this.entries('doors') || !doorNames().includes(door)) return;
    this.add('doors', door, {});
    this.refresh();
  }

  /** Everything on show looks at the document again. */
  refresh(): void {
    this.form.find('.mc-live').each((_index, element) => { $(element).triggerHandler('mc-refresh'); });
  }

  /** Has `show` called now and after each `refresh`. */
  live(element: JQuery, show: () => void): JQuery {
    element.addClass('mc-live').on('mc-refresh', show);
    show();
    return element;
  }
}
