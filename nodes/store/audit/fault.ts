/** What is wrong with a trail, and the first record that it is wrong with. */
export interface Fault {
  seq: number;
  reason: string;
}

/** The one that begins first. */
export function firstOf(...faults: (Fault | null)[]): Fault | null {
  return faults.reduce((first, fault) => (first === null || (fault !== null && fault.seq < first.seq) ? fault : first), null);
}
