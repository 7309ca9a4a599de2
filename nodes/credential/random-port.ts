/** Where randomness comes from: unguessable in production, seeded in property tests. */
export interface RandomPort {
  /** A whole number from 0 up to, not including, `limit` (at most 2^47), each equally likely. */
  below(limit: number): number;
  /** A new identifier that is not given twice. */
  id(): string;
}
