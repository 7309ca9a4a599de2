import { join } from 'node:path';
import { McError } from '../credential/mc-error';
import type { BiostarSite } from '../site/biostar/biostar-site';
import { EVENT_KINDS, type EventKind } from '../credential/event-kinds';
import type { CursorState } from '../site/biostar/event-cursor';
import { EventFeed, type FeedState } from '../site/biostar/event-feed';
import type { SiteEvent } from '../site/biostar/site-event';
import { KeptState } from '../store/kept-state';
import { within } from './within';
import type { NodeTools } from './palette';

const SETTLE_MS = 1000;

/** Kinds that say that somebody's card was blocked or freed at the server, or may have been. */
const HINTS: readonly EventKind[] = ['blacklisted', 'user'];

/** One `mc-events` node: the server's events as messages, and how far it has told in a file of its own. */
export class EventWatch {
  private readonly kept: KeptState<CursorState>;
  private readonly feed: EventFeed;
  private outage = false;

  constructor(private readonly site: BiostarSite, private readonly tools: NodeTools, private readonly kinds: readonly EventKind[]) {
    this.kept = new KeptState(cursorFile(tools), (cause) => {
      tools.raise(new McError('STORE_FULL', 'How far the events were told cannot be kept on disk. After a restart some may be told again.', { cause }));
    });
    this.feed = new EventFeed(site.api, {
      cursor: cursorIn(this.kept.read()),
      onEvent: (event) => { this.emit(event); },
      onCursor: (state) => { this.kept.keep(state); },
      onState: (state, error) => { this.show(state, error); },
    });
  }

  start(): void {
    this.feed.start();
  }

  async stop(): Promise<void> {
    this.feed.stop();
    await within(SETTLE_MS, this.kept.settled());
  }

  private emit(event: SiteEvent): void {
    if (HINTS.includes(event.kind)) this.site.hint();
    if (isByMobileCard(event) && event.userId !== null) this.site.noteLetIn(event.userId);
    if (this.kinds.length > 0 && !this.kinds.includes(event.kind)) return;
    this.tools.emit(1, event, `event/${event.kind}`);
  }

  /** An outage is raised once, and shown until events come again. */
  private show(state: FeedState, error: McError | null): void {
    const { status } = this.tools;
    if (state === 'listening') {
      this.outage = false;
      status.setTrouble('last', null);
      status.setBase('green', 'dot', 'listening');
    } else if (state === 'lost' || state === 'silent') {
      status.setBase('red', 'ring', state);
      if (!this.outage && error !== null) this.tools.node.error(error, {});
      this.outage = true;
    } else if (!this.outage) {
      status.setBase(state === 'connecting' ? 'yellow' : 'blue', 'ring', state);
    }
  }
}

/** Granted by a mobile card, alone or with something else (suprema-api A9). */
function isByMobileCard({ code }: SiteEvent): boolean {
  return (code >= 4118 && code <= 4123) || code === 4128 || code === 4129;
}

/** Kinds to be told, checked. CONFIG_INVALID. */
export function eventKinds(names: readonly string[]): EventKind[] {
  return names.map((name) => {
    const kind = EVENT_KINDS.find((known) => known === name);
    if (kind !== undefined) return kind;
    throw new McError('CONFIG_INVALID', `"kinds" knows no "${name}". Use ${EVENT_KINDS.join(', ')}.`);
  });
}

function cursorFile({ RED, node }: NodeTools): string {
  const userDir = (RED.settings as unknown as { userDir?: string }).userDir ?? process.cwd();
  return join(userDir, 'mobile-credential', 'events', `${node.id.replace(/[^\w.-]/g, '_')}.json`);
}

/** What was kept, or null: nothing, or something that is none of ours. */
function cursorIn(value: unknown): CursorState | null {
  if (typeof value !== 'object' || value === null) return null;
  const { at, ids } = value as Partial<CursorState>;
  if (typeof at !== 'string' || Number.isNaN(Date.parse(at)) || !Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) return null;
  return { at, ids };
}

