import type { Direction, TwoPersons } from '../rules/rules';
import { passageKey } from '../rules/rules';
import type { PersonKey } from './presence';

/** The first of two persons, who waits at a door for the other. */
export interface Waiting extends PersonKey {
  cardId: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** Who waits where. It is a matter of seconds, so a restart ends it. */
export class SecondPersons {
  private readonly byDoor = new Map<string, Waiting>();

  /** Who waits there and may be one of the two; null: nobody. */
  waiting(door: string, direction: Direction, { withinMs, among }: TwoPersons, now: number): Waiting | null {
    const waiting = this.byDoor.get(passageKey(door, direction));
    if (waiting === undefined || now < waiting.at || now - waiting.at > withinMs) return null;
    return among === null || among.has(waiting.userId) ? waiting : null;
  }

  wait(door: string, direction: Direction, waiting: Waiting): void {
    this.byDoor.set(passageKey(door, direction), waiting);
  }

  done(door: string, direction: Direction): void {
    this.byDoor.delete(passageKey(door, direction));
  }

  /** Nobody of this user waits any more. */
  forget(userId: string): void {
    for (const [key, waiting] of this.byDoor) if (waiting.userId === userId) this.byDoor.delete(key);
  }
}

export function isSame(a: PersonKey, b: PersonKey): boolean {
  return a.site === b.site && a.userId === b.userId;
}
