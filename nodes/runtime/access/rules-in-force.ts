import { setImmediate as nextTurn } from 'node:timers/promises';
import { readRulesInSlices } from '../../access/rules/read-rules';
import type { Rules } from '../../access/rules/rules';
import type { RulesDocument } from '../../credential/documents';
import { isMcError, type McError } from '../../credential/mc-error';
import type { StorePort } from '../../credential/store-port';
import { inTurns } from './in-turns';
import type { RulesFile } from './rules-file';
import { packedText, parsedRules, rulesHash, rulesText, unpackedText } from './rules-text';

export type RulesSource = RulesDocument['source'];

/** What is told of rules that were put in force. */
export interface RulesNews {
  name: string | null;
  /** Of the document: the same rules have the same one. Null: no rules. */
  hash: string | null;
  since: string;
  source: RulesSource;
  counts: { schedules: number; calendars: number; groups: number; doors: number; areas: number; interlocks: number; persons: number };
}

interface Hooks {
  onForce: (rules: Rules, news: RulesNews) => void;
  /** Rules that were not asked for by a message were refused; null: that is over. */
  onRefused: (error: McError | null) => void;
  /** Rules hold, but could not be kept for the next start. */
  onNotKept: (error: unknown) => void;
}

const NO_BASE = '';

/**
 * The rules that a node decides by: from its property, its file, or a message, whichever was said last. They are replaced
 * as a whole, from one read to the next; those that are refused change nothing. What is in force is kept in the store.
 */
export class RulesInForce {
  /** Null until the first were read, and while there are none but refused ones. */
  now: Rules | null = null;
  private turns: Promise<unknown> = Promise.resolve();
  private problem: McError | null = null;

  constructor(
    private readonly id: string,
    private readonly store: StorePort,
    private readonly property: unknown,
    private readonly file: RulesFile | null,
    private readonly hooks: Hooks,
  ) {}

  /** Why there are none in force. */
  get whyNone(): McError | null {
    return this.now === null ? this.problem : null;
  }

  /** Puts in force what was kept, or what the property or the file say where they have changed since. Never rejects. */
  start(): Promise<void> {
    return this.inTurn(async () => {
      const kept = this.store.get('rules', this.id);
      try {
        const given = await this.given();
        if (kept !== undefined && kept.base === given.base && await this.takeKept(kept)) return;
        await this.force(given.text, this.file === null ? 'property' : 'file', given.base);
      } catch (error) {
        this.refused(error);
        if (this.now === null && kept !== undefined) await this.takeKept(kept);
      }
    });
  }

  /** Rules out of a message. Rejects with CONFIG_INVALID, and then the former ones stay in force. */
  put(document: unknown): Promise<RulesNews> {
    return this.inTurn(async () => {
      const base = await this.given().then((given) => given.base, () => this.store.get('rules', this.id)?.base ?? NO_BASE);
      return this.force(document, 'message', base);
    });
  }

  /** Reads a document without putting it in force. Rejects with CONFIG_INVALID. */
  async read(document: unknown): Promise<Rules> {
    return inTurns(readRulesInSlices(parsedRules(document)));
  }

  private async force(document: unknown, source: RulesSource, base: string): Promise<RulesNews> {
    // Only the property may be empty: then there are none.
    const parsed = source === 'property' && isEmpty(document) ? undefined : parsedRules(document);
    const rules = await inTurns(readRulesInSlices(parsed));
    const text = parsed === undefined ? null : await inTurns(rulesText(parsed));
    const since = new Date().toISOString();
    const news = newsOf(rules, parsed, text === null ? null : await inTurns(rulesHash(text)), since, source);
    // Keeping them is one piece of work: it gets a turn of its own.
    await nextTurn();
    await this.keep(text === null ? null : { _id: this.id, packed: await packedText(text), since, source, base });
    this.set(rules, news);
    return news;
  }

  private async takeKept({ packed, since, source }: Readonly<RulesDocument>): Promise<boolean> {
    try {
      const document = await unpackedText(packed);
      const parsed = parsedRules(document);
      const rules = await inTurns(readRulesInSlices(parsed));
      const hadProblem = this.problem;
      this.set(rules, newsOf(rules, parsed, await inTurns(rulesHash(document)), since, source), hadProblem);
      return true;
    } catch (error) {
      if (!isMcError(error)) throw error;
      return false;
    }
  }

  private set(rules: Rules, news: RulesNews, problem: McError | null = null): void {
    this.now = rules;
    this.problem = problem;
    if (problem === null) this.hooks.onRefused(null);
    this.hooks.onForce(rules, news);
  }

  private refused(error: unknown): void {
    if (!isMcError(error)) throw error;
    this.problem = error;
    this.hooks.onRefused(error);
  }

  /** What cannot be kept holds until the next start: a door does not wait for a disk. */
  private async keep(put: RulesDocument | null): Promise<void> {
    if (put === null && this.store.get('rules', this.id) === undefined) return;
    await this.store.writeOrHold([put === null ? { collection: 'rules', remove: this.id } : { collection: 'rules', put }])
      .catch((error: unknown) => { this.hooks.onNotKept(error); });
  }

  /** What the property or the file say, with what tells whether they have changed. */
  private async given(): Promise<{ text: unknown; base: string }> {
    if (this.file !== null) {
      const text = await this.file.read();
      return { text, base: `file ${await inTurns(rulesHash(text))}` };
    }
    const text = typeof this.property === 'string' ? this.property : this.property === undefined ? '' : JSON.stringify(this.property);
    return { text: this.property, base: text.trim() === '' ? NO_BASE : `property ${await inTurns(rulesHash(text))}` };
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turns.then(work);
    this.turns = mine.catch(() => undefined);
    return mine;
  }
}

function isEmpty(property: unknown): boolean {
  return property === undefined || property === null || (typeof property === 'string' && property.trim() === '');
}

function newsOf(rules: Rules, document: unknown, hash: string | null, since: string, source: RulesSource): RulesNews {
  const parts = (document ?? {}) as Record<string, unknown>;
  const size = (name: string): number => Object.keys(parts[name] ?? {}).length;
  return {
    name: rules.name, hash, since, source,
    counts: {
      schedules: size('schedules'), calendars: size('calendars'), groups: rules.groups.size, doors: rules.doors.size, areas: rules.areas.size,
      interlocks: size('interlocks'), persons: rules.persons.size,
    },
  };
}
