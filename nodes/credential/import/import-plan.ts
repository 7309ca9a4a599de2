import { type Clock, isoTime } from '../clock';
import { isMcError } from '../mc-error';
import type { Credits, SitePort } from '../site-port';
import type { StorePort, StoreWrite } from '../store-port';
import { importColumns, type ImportMapping } from './import-columns';
import type { Conflict, ImportDocument } from './import-document';
import { type Cell, emptyTotals, type ImportTotals, type ReportRow, type StoredRow } from './import-row';
import { planRow, SeenRows } from './plan-row';

/** A table as it came: the names of its columns, and its rows without them. */
export interface ImportTable {
  headers: readonly string[];
  rows: readonly (readonly Cell[])[];
}

/** A digest that is fed piece by piece (SHA-256, hexadecimal). */
export interface Digest {
  update(text: string): void;
  end(): string;
}

export interface ImportPorts {
  site: SitePort;
  store: StorePort;
  clock: Clock;
  digest: () => Digest;
  /** Lets others run: a door is being polled meanwhile. */
  pause: () => Promise<void>;
  /** Rejects with STORE_FULL where there is no room for so many bytes. */
  ensureRoom: (bytes: number) => Promise<void>;
}

/** `before` null: the site was not reached, or does not tell. */
export interface ImportCredits {
  before: number | null;
  needed: number;
  after: number | null;
  shortfall: number | null;
}

/** The answer to `plan`. */
export interface ImportPlan {
  hash: string;
  rows: ReportRow[];
  totals: ImportTotals;
  credits: ImportCredits;
}

const PIECE = 250;
/** Rows looked at between two turns of the event loop. */
const SLICE = 100;
const MOST_PLANS = 20;
/** What a row takes in the store beside its own text, counted generously. */
const ROW_BYTES = 1000;

/**
 * Prices every row of a table and keeps the plan, durably. The same table on the same state of the store gives the same
 * plan and the same hash. Over the network goes one read of the credits at most.
 */
export async function makePlan(
  ports: ImportPorts, table: ImportTable, { mapping, fromNode, conflict }: { mapping: ImportMapping; fromNode: boolean; conflict: Conflict },
): Promise<ImportPlan> {
  const { site, store, clock, pause } = ports;
  const fields = importColumns(table.headers, mapping, fromNode);
  await ports.ensureRoom(table.rows.length * ROW_BYTES);
  const seen = new SeenRows();
  const digest = ports.digest();
  digest.update(JSON.stringify([1, site.siteId, conflict, Object.entries(mapping).sort(([a], [b]) => (a < b ? -1 : 1)), table.headers]));
  const totals = emptyTotals();
  const stored: StoredRow[] = [];
  for (const [index, cells] of table.rows.entries()) {
    const planned = planRow({ site, store, conflict, fields }, index + 1, cells, seen);
    stored.push({ ...planned, cells: [...cells] });
    digest.update(JSON.stringify([cells, planned.action, planned.reason, planned.credits, planned.rests]));
    totals.rows += 1;
    totals[planned.action] += 1;
    if (index % SLICE === SLICE - 1) await pause();
  }
  const hash = digest.end();
  const needed = totals.create + totals.reissue;
  if (store.get('imports', hash) === undefined) {
    await keepPlan(ports, stored, {
      _id: hash, site: site.siteId, at: isoTime(clock.now()), conflict, mapping: { ...mapping }, fromNode, headers: [...table.headers],
      rows: stored.length, piece: PIECE, totals, needed, state: 'planned',
    });
  }
  return { hash, rows: stored.map(reported), totals, credits: creditsOf(needed, await creditsLeft(site)) };
}

/** A row as it is answered: without its cells and what it rests on. */
export function reported({ row, userId, action, reason, message, credits }: StoredRow): ReportRow {
  return { row, userId, action, reason, credits, ...message === undefined ? {} : { message } };
}

export function creditsOf(needed: number, credits: Credits | null): ImportCredits {
  const before = credits?.card ?? null;
  return before === null
    ? { before: null, needed, after: null, shortfall: null }
    : { before, needed, after: Math.max(0, before - needed), shortfall: Math.max(0, needed - before) };
}

/** The rows of a kept plan, or null where a piece is gone. */
export function rowsOfPlan(store: StorePort, plan: Readonly<ImportDocument>): StoredRow[] | null {
  const rows: StoredRow[] = [];
  for (let piece = 0; rows.length < plan.rows; piece += 1) {
    const found = store.get('importRows', pieceId(plan._id, piece));
    if (found === undefined) return null;
    rows.push(...found.rows);
  }
  return rows;
}

/** Piece by piece, and the plan itself last: a plan that is there has all its rows. */
async function keepPlan({ store, pause }: ImportPorts, rows: readonly StoredRow[], plan: ImportDocument): Promise<void> {
  await forgetOldest(store);
  for (let from = 0; from < rows.length; from += PIECE) {
    const put = { _id: pieceId(plan._id, from / PIECE), plan: plan._id, rows: rows.slice(from, from + PIECE) };
    await store.write([{ collection: 'importRows', put }]);
    await pause();
  }
  await store.write([{ collection: 'imports', put: plan }, importEvent(plan, 'planned', plan.at, {})]);
}

async function forgetOldest(store: StorePort): Promise<void> {
  const plans = [...store.all('imports')].filter(({ state }) => state !== 'started').sort((a, b) => (a.at < b.at ? -1 : 1));
  for (const plan of plans.slice(0, Math.max(0, plans.length - MOST_PLANS + 1))) await store.write(planRemoval(plan));
}

/** The writes that forget a plan with its rows. */
export function planRemoval({ _id, rows, piece }: Readonly<ImportDocument>): StoreWrite[] {
  const pieces = Array.from({ length: Math.ceil(rows / piece) }, (_, index): StoreWrite => ({ collection: 'importRows', remove: pieceId(_id, index) }));
  return [{ collection: 'imports', remove: _id }, ...pieces];
}

/** What the audit trail is told of an import. */
export function importEvent(plan: Readonly<ImportDocument>, outcome: string, at: string, figures: Record<string, number | string>): StoreWrite {
  const { _id, conflict, rows, needed } = plan;
  return {
    collection: 'audit',
    event: { kind: 'import', at, userId: null, cardId: null, door: null, outcome, by: 'flow', detail: { plan: _id, conflict, rows, needed, ...figures } },
  };
}

function pieceId(hash: string, piece: number): string {
  return `${hash}/${String(piece).padStart(6, '0')}`;
}

/** At most one read, and none that may fail the plan. */
async function creditsLeft(site: SitePort): Promise<Credits | null> {
  try {
    return (await site.info()).credits;
  } catch (error) {
    if (!isMcError(error)) throw error;
    return null;
  }
}

