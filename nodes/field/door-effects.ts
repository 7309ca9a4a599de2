/** What goes into a door's state machine and what comes out. Times are milliseconds of one clock that never goes back. */
import type { McError } from '../credential/mc-error';
import type { DoorCause, DoorCommand, DoorEventName } from './door-types';
import type { WishSource } from './door-wishes';

/** Who opened the strike for a moment. */
export type OpeningCause = 'grant' | 'operator' | 'exit';

/** How a write ended: `failed` certainly did nothing, `unknown` may have been carried out while its answer was lost. */
export type WriteOutcome = 'done' | 'failed' | 'unknown';

export type DoorInput =
  /** Levels as the device reads them; null for an input that is not wired. */
  | { kind: 'inputs'; at: number; contact: boolean | null; exit: boolean | null; tamper: boolean | null }
  /** `request` comes back in an `answer`. `strikeMs`: for how long, where not as usual. */
  | { kind: 'open'; at: number; source: 'operator' | 'grant'; request: number; strikeMs?: number; passesLockdown?: boolean }
  | { kind: 'wish'; at: number; command: Extract<DoorCommand, 'lock' | 'unlock' | 'release'>; source: WishSource; request: number }
  | { kind: 'written'; at: number; id: number; outcome: WriteOutcome; confirmed: boolean | null; error?: Error }
  | { kind: 'line'; at: number; up: boolean }
  /** The output was read back and is not what was last written: write it again. */
  | { kind: 'doubt'; at: number }
  /** The door goes out of service: what the host holds is let go. */
  | { kind: 'stop'; at: number }
  | { kind: 'tick'; at: number };

export type DoorEffect =
  /** Have the device switch the strike for `ms`, answered by `written` with this ID. */
  | { kind: 'pulse'; id: number; ms: number }
  /** Switch the output, answered by `written` with this ID. */
  | { kind: 'output'; id: number; on: boolean }
  | { kind: 'event'; event: DoorEventName; cause: DoorCause; at: number }
  /** Each request is answered once: carried out, failed with an error, or refused because a lock rules. */
  | { kind: 'answer'; request: number; outcome: 'done'; confirmed: boolean | null }
  | { kind: 'answer'; request: number; outcome: 'failed'; error: Error | McError | undefined }
  | { kind: 'answer'; request: number; outcome: 'refused'; by: WishSource };

export type Emit = (effect: DoorEffect) => void;
