import { localTime } from './rules/local-time';
import type { Rules } from './rules/rules';
import { isOn, type Schedule } from './rules/schedule';

const MINUTE = 60_000;
/** A free access that lasts longer without a break has its first card asked for anew after a restart. */
const LONGEST_MS = 8 * 24 * 60 * MINUTE;

/** True while free access is to unlock the door. `firstCard`: when one was granted there within this period, or null. */
export function isFree(rules: Rules, door: string, now: number, firstCard: number | null): boolean {
  const { freeAccess } = rules.doors.get(door) ?? rules.everyDoor;
  return freeAccess !== null && isOn(freeAccess.schedule, localTime(now, rules.timeZone)) && (!freeAccess.afterFirstCard || firstCard !== null);
}

/** True where a first card of `since` still counts: the schedule was on all the time. */
export function isSamePeriod(schedule: Schedule, timeZone: string, since: number, now: number): boolean {
  if (since > now || now - since > LONGEST_MS) return false;
  for (let at = since; at < now; at += MINUTE) if (!isOn(schedule, localTime(at, timeZone))) return false;
  return isOn(schedule, localTime(now, timeZone));
}
