import type { Schedule } from './schedule';

/** What a door does where its data is older than the store allows, or the clock is doubtful. */
export type DoubtPolicy = 'deny' | 'allow' | 'allow-and-flag';

export interface DoorRules {
  /** Only while it is on does anybody enter. Null: always. */
  schedule: Schedule | null;
  whenDataOld: DoubtPolicy;
  whenClockDoubtful: DoubtPolicy;
}

export interface PersonRules {
  /** Only while it is on does this person enter, anywhere. Null: always. */
  schedule: Schedule | null;
  /** This person needs longer at a door. */
  extendedTime: boolean;
}

/** Rules as they are in force: one whole, never changed, replaced by another. */
export interface Rules {
  timeZone: string;
  /** Doors by the name of their group. */
  groups: ReadonlyMap<string, ReadonlySet<string>>;
  doors: ReadonlyMap<string, DoorRules>;
  persons: ReadonlyMap<string, PersonRules>;
}

export const NO_RULES: Rules = { timeZone: 'UTC', groups: new Map(), doors: new Map(), persons: new Map() };
