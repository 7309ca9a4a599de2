import { CardFinder } from '../../access/card-finder';
import { decideOn } from '../../access/decide';
import type { Read, Reason } from '../../access/decision';
import type { DecisionOptions, Knowledge } from '../../access/facts';
import { Movement } from '../../access/movement/movement';
import { takeUp } from '../../access/movement/take-up';
import { readFromPayload } from '../../access/read-from-payload';
import type { Rules } from '../../access/rules/rules';
import type { InSlices } from '../../access/rules/in-slices';
import type { AuditRow } from '../../credential/audit-event';
import type { StorePort } from '../../credential/store-port';

/** Answer of `dry-run`. */
export interface DryRun {
  /** How many decisions were gone through, and from when to when (ISO times). */
  decisions: number;
  from: string | null;
  to: string | null;
  /** How many would change, by what to what: `"GRANTED → OUTSIDE_SCHEDULE": 3`. */
  counts: Record<string, number>;
  /** Those, oldest first. `was`: as decided then; `now`, `would`: by the rules in force and by the new ones. */
  changed: { at: string; door: string; direction: string; userId: string | null; cardId: string | null; was: string; now: Reason; would: Reason; rule: string }[];
}

/**
 * Goes through decisions of the audit trail twice, by the rules in force and by new ones, each time with people as they
 * moved then, and lists where the two differ. Credentials, blocks and registered readers are those of today.
 */
export function* dryRun(rows: readonly AuditRow[], store: StorePort, current: Rules, proposed: Rules): InSlices<DryRun> {
  const knowledge = asThen(store);
  const finder = new CardFinder(store);
  const stop = finder.start();
  const sides = [current, proposed].map((rules) => ({ rules, movement: new Movement() }));
  const answer: DryRun = { decisions: rows.length, from: rows[0]?.at ?? null, to: rows.at(-1)?.at ?? null, counts: {}, changed: [] };
  try {
    for (const row of rows) {
      const [now, would] = sides.map(({ rules, movement }) => again(row, knowledge(row), finder, { rules, movement }));
      if (now === undefined || would === undefined) continue;
      if (now.reason !== would.reason) {
        const { door, direction, userId, cardId } = would;
        const change = `${now.reason} → ${would.reason}`;
        answer.counts[change] = (answer.counts[change] ?? 0) + 1;
        answer.changed.push({ at: row.at, door, direction, userId, cardId, was: row.outcome, now: now.reason, would: would.reason, rule: would.rule });
      }
      yield;
    }
  } finally {
    stop();
  }
  return answer;
}

function again(row: AuditRow, knowledge: Knowledge, finder: CardFinder, options: Pick<DecisionOptions, 'rules' | 'movement'>): ReturnType<typeof decideOn>['decision'] {
  const read: Read = readFromPayload({ ...row.detail, cardId: row.cardId, door: row.door });
  const decided = decideOn(read, knowledge, finder, { ...options, offlineLimitHours: 0, now: Date.parse(row.at), monotonicMs: () => 0 });
  takeUp(decided);
  return decided.decision;
}

/**
 * What is asked is what rules would do: neither how old today's data was then, nor whether today's clock is right. A
 * lockdown held where one was the reason.
 */
function asThen(store: StorePort): (row: AuditRow) => Knowledge {
  const LONG_AGO = new Date(0).toISOString();
  const knowledge = (lockdown: boolean): Knowledge => ({
    get: ((collection, id) => {
      if (collection === 'sites') return undefined;
      if (collection === 'lockdowns') return lockdown && id === '*' ? { _id: id, since: LONG_AGO, by: '' } : undefined;
      const found = store.get(collection, id);
      return collection === 'readers' && found !== undefined ? { ...found, receivedAt: LONG_AGO } : found;
    }) as StorePort['get'],
    all: (collection) => store.all(collection),
    credentialsOf: (site, userId) => store.credentialsOf(site, userId),
    credentialsWith: (cardId) => store.credentialsWith(cardId),
  });
  const [free, locked] = [knowledge(false), knowledge(true)];
  return ({ outcome }) => (outcome === 'LOCKDOWN' ? locked : free);
}
