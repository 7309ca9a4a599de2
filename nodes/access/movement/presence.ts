import { isoTime } from '../../credential/clock';
import type { PresenceDocument } from '../../credential/documents';
import type { StoreWrite } from '../../credential/store-port';
import type { Area } from '../rules/rules';
import { lastReset } from './last-reset';

/** Who somebody is: user IDs are a site's own. */
export interface PersonKey {
  site: string;
  userId: string;
}

interface Seen {
  document: PresenceDocument;
  /** Milliseconds since 1970 of the last entry or exit. */
  at: number;
}

/** Of one area: who is in, and who was seen to leave. Each in the order of what was seen, what is forgotten first. */
interface People {
  inside: Map<string, Seen>;
  outside: Map<string, Seen>;
}

/** Who is in which area, by entries and exits as they were granted; documents are its form in the store. */
export class Presence {
  private readonly byArea = new Map<string, People>();

  load(documents: Iterable<PresenceDocument>): void {
    const sorted = [...documents].sort((a, b) => (a.at < b.at ? -1 : 1));
    for (const document of sorted) this.keep(document);
  }

  /** True inside, false outside, null: not known, or forgotten. */
  isInside(area: Area, person: PersonKey, now: number, timeZone: string): boolean | null {
    const people = this.byArea.get(area.name);
    const key = keyOf(person);
    const seen = people?.inside.get(key) ?? people?.outside.get(key);
    if (seen === undefined || isForgotten(seen, area, now, lastReset(area.resetAt, now, timeZone))) return null;
    return seen.document.inside;
  }

  /** How many are inside: all that are noted but for the forgotten, who stand first. */
  count(area: Area, now: number, timeZone: string): number {
    const people = this.byArea.get(area.name);
    if (people === undefined) return 0;
    let forgotten = 0;
    const reset = lastReset(area.resetAt, now, timeZone);
    for (const seen of people.inside.values()) {
      if (!isForgotten(seen, area, now, reset)) break;
      forgotten += 1;
    }
    return people.inside.size - forgotten;
  }

  inside(area: Area, now: number, timeZone: string): PresenceDocument[] {
    const reset = lastReset(area.resetAt, now, timeZone);
    const seen = [...this.byArea.get(area.name)?.inside.values() ?? []];
    return seen.filter((one) => !isForgotten(one, area, now, reset)).map(({ document }) => document);
  }

  /** Notes an entry or an exit, and lets go of what is forgotten. Returns what is to be kept. */
  note(area: Area, { site, userId }: PersonKey, inside: boolean, door: string, now: number, timeZone: string): StoreWrite[] {
    const document: PresenceDocument = { _id: JSON.stringify([area.name, site, userId]), area: area.name, site, userId, inside, door, at: isoTime(now) };
    this.keep(document);
    return [...this.forget(area, now, timeZone), { collection: 'presence', put: document }];
  }

  /** Takes away what is known of a person, an area, or both; without either of all. */
  reset({ userId, area }: { userId?: string; area?: string }): PresenceDocument[] {
    const gone: PresenceDocument[] = [];
    for (const [name, people] of this.byArea) {
      if (area !== undefined && area !== name) continue;
      for (const seen of [people.inside, people.outside]) {
        for (const [key, { document }] of seen) {
          if (userId !== undefined && document.userId !== userId) continue;
          seen.delete(key);
          gone.push(document);
        }
      }
    }
    return gone;
  }

  private keep(document: PresenceDocument): void {
    let people = this.byArea.get(document.area);
    if (people === undefined) this.byArea.set(document.area, (people = { inside: new Map(), outside: new Map() }));
    const key = keyOf(document);
    people.inside.delete(key);
    people.outside.delete(key);
    people[document.inside ? 'inside' : 'outside'].set(key, { document, at: Date.parse(document.at) });
  }

  private forget(area: Area, now: number, timeZone: string): StoreWrite[] {
    const people = this.byArea.get(area.name);
    if (people === undefined) return [];
    const removals: StoreWrite[] = [];
    const reset = lastReset(area.resetAt, now, timeZone);
    for (const all of [people.inside, people.outside]) {
      for (const [key, seen] of all) {
        if (!isForgotten(seen, area, now, reset)) break;
        all.delete(key);
        removals.push({ collection: 'presence', remove: seen.document._id });
      }
    }
    return removals;
  }
}

function isForgotten({ document, at }: Seen, { antiPassback }: Area, now: number, reset: number): boolean {
  if (at < reset) return true;
  const forgetMs = antiPassback?.forgetMs ?? null;
  return document.inside && forgetMs !== null && now - at >= forgetMs;
}

function keyOf({ site, userId }: PersonKey): string {
  return `${site}\n${userId}`;
}
