/** The end of the trail at some time: number and hash of its last record. Kept elsewhere, it proves what was there. */
export interface AuditHead {
  seq: number;
  /** SHA-256, hexadecimal. */
  hash: string;
}

/** Where the chain begins: older records are past their retention. */
export interface ChainStart {
  /** Number of the first record. */
  seq: number;
  /** Hash that the first record names as the one before. */
  prev: string;
  /** Number of the first segment. */
  segment: number;
}

/** What is signed from time to time. */
export interface SignedHead extends AuditHead {
  /** ISO time. */
  at: string;
  mark: string | null;
  /** Number of the segment that was written to. */
  segment: number;
  start: ChainStart;
}
