import type { Schedule } from './schedule';

/** What a door does where its data is older than the store allows, or the clock is doubtful. */
export type DoubtPolicy = 'deny' | 'allow' | 'allow-and-flag';

export type Direction = 'in' | 'out';

/** Two different persons within a time; null `among`: any two. */
export interface TwoPersons {
  withinMs: number;
  among: ReadonlySet<string> | null;
}

/** After so many failed reads in a row, none more than `withinMs` after the one before, nothing is granted for `forMs`. */
export interface Lockout {
  afterFailures: number;
  forMs: number;
  withinMs: number;
}

export interface DoorRules {
  /** Only while it is on does anybody enter. Null: always. */
  schedule: Schedule | null;
  /** Whether schedules and two persons are asked of who leaves, too. */
  leaving: 'allow' | 'check';
  /** While its schedule is on the door stands unlocked, by itself or from the first card on. */
  freeAccess: { schedule: Schedule; afterFirstCard: boolean } | null;
  twoPersons: TwoPersons | null;
  lockout: Lockout | null;
  whenDataOld: DoubtPolicy;
  whenClockDoubtful: DoubtPolicy;
}

export interface AntiPassback {
  mode: 'soft' | 'hard' | 'timed';
  /** An entry is forgotten after this time. Null: never. */
  forgetMs: number | null;
  leaving: 'allow' | 'check';
}

/** A room that people enter and leave. */
export interface Area {
  name: string;
  antiPassback: AntiPassback | null;
  /** So many persons at most. Null: any number. */
  occupancyLimit: number | null;
  /** Minutes since midnight at which all that is known of it is forgotten. */
  resetAt: readonly number[];
}

/** Where a reader leads. */
export interface Passage {
  enters: Area | null;
  leaves: readonly Area[];
}

/** Doors beside which a door is not opened. */
export interface Interlock {
  others: readonly string[];
  forMs: number;
}

export interface PersonRules {
  /** Only while it is on does this person enter, anywhere. Null: always. */
  schedule: Schedule | null;
  /** The same at single doors. */
  schedules: ReadonlyMap<string, readonly Schedule[]>;
  /** This person needs longer at a door. */
  extendedTime: boolean;
  passesLockdown: boolean;
  /** False: anti-passback is never asked of this person. */
  antiPassback: boolean;
}

/** Rules as they are in force: one whole, never changed, replaced by another. */
export interface Rules {
  /** Which rules these are, in the words of who wrote them. */
  name: string | null;
  timeZone: string;
  /** Doors by the name of their group. */
  groups: ReadonlyMap<string, ReadonlySet<string>>;
  doors: ReadonlyMap<string, DoorRules>;
  /** Of doors that have none of their own. */
  everyDoor: DoorRules;
  areas: ReadonlyMap<string, Area>;
  /** By door and direction, see `passageKey`. */
  passages: ReadonlyMap<string, Passage>;
  interlocks: ReadonlyMap<string, readonly Interlock[]>;
  persons: ReadonlyMap<string, PersonRules>;
  /** Card number → user ID. */
  duressCards: ReadonlyMap<string, string>;
}

export const PLAIN_DOOR: DoorRules = {
  schedule: null, leaving: 'allow', freeAccess: null, twoPersons: null, lockout: null, whenDataOld: 'deny', whenClockDoubtful: 'deny',
};

export const NO_RULES: Rules = {
  name: null, timeZone: 'UTC', groups: new Map(), doors: new Map(), everyDoor: PLAIN_DOOR, areas: new Map(), passages: new Map(),
  interlocks: new Map(), persons: new Map(), duressCards: new Map(),
};

/** A reader, as far as areas know it. */
export function passageKey(door: string, direction: Direction): string {
  return direction === 'in' ? `>${door}` : `<${door}`;
}
