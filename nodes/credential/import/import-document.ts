import type { ImportMapping } from './import-columns';
import type { ImportTotals, StoredRow } from './import-row';

export type Conflict = 'preserve' | 'overwrite';

/** `_id` = the plan's hash. A stored plan of a bulk import; its rows lie in pieces beside it. */
export interface ImportDocument {
  _id: string;
  site: string;
  /** ISO time at which it was planned. */
  at: string;
  conflict: Conflict;
  mapping: ImportMapping;
  /** True where the mapping is the node's own property. */
  fromNode: boolean;
  headers: string[];
  /** How many rows there are in all, and in one piece. */
  rows: number;
  piece: number;
  totals: ImportTotals;
  /** Credits that it takes. */
  needed: number;
  state: 'planned' | 'started' | 'paused' | 'finished';
}

/** `_id` = `<hash>/<piece>`: some rows of a stored plan, so that no single write is large enough to hold up a door. */
export interface ImportRowsDocument {
  _id: string;
  plan: string;
  rows: StoredRow[];
}
