/** `_id` = the plan's hash. A stored plan of a bulk import; its rows lie in pieces beside it. */
export interface ImportDocument {
  _id: string;
  site: string;
  /** ISO time at which it was planned. */
  at: string;
  /** How many rows there are in all. */
  rows: number;
}

/** `_id` = `<hash>/<piece>`: some rows of a stored plan, so that no single write is large enough to hold up a door. */
export interface ImportRowsDocument {
  _id: string;
  plan: string;
}
