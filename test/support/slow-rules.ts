/**
 * What docs/rules.md says, as slowly and plainly as that goes: for each read everything that happened before is gone
 * through again. It knows people whose cards are valid, and what rules make of them.
 */
const MINUTE = 60_000;

export interface SlowRead { at: number; card: string; door: string; direction: 'in' | 'out' }
export interface SlowPerson { userId: string; doors: '*' | string[] }
type Any = any;

interface Past extends SlowRead { reason: string; partner: string | null }

export class SlowRules {
  private readonly past: Past[] = [];
  private format: Intl.DateTimeFormat | null = null;

  constructor(private readonly document: Any, private readonly cards: ReadonlyMap<string, SlowPerson>) {}

  /** The reason of a read, which belongs to the past from then on. */
  reason(read: SlowRead): { reason: string; flags: string[] } {
    const reason = this.judge(read);
    const partner = reason === 'GRANTED' ? this.waiting(read) : null;
    const flags = reason === 'GRANTED' && this.isPassedBack(read) ? ['anti-passback'] : [];
    this.past.push({ ...read, reason, partner });
    return { reason, flags };
  }

  private judge(read: SlowRead): string {
    const person = this.cards.get(read.card);
    if (this.isLockedOut(read)) return 'READER_LOCKED_OUT';
    if (person === undefined) return 'UNKNOWN_CARD';
    const groups = Object.entries(this.document.groups ?? {}).filter(([, doors]) => (doors as string[]).includes(read.door)).map(([name]) => name);
    if (person.doors !== '*' && ![read.door, ...groups].some((name) => person.doors.includes(name))) return 'DOOR_NOT_ALLOWED';
    if (!this.isFreeToLeave(read) && this.schedules(read, person, groups).some((name) => !this.isOn(name, read.at))) return 'OUTSIDE_SCHEDULE';
    if (this.isPassedBack(read) && this.modeOf(read) !== 'soft') return 'ANTI_PASSBACK';
    if (this.isFull(read, person)) return 'OCCUPANCY_FULL';
    if (this.isInterlocked(read)) return 'INTERLOCK';
    if (this.rule(read.door, 'twoPersons') != null && !this.isFreeToLeave(read) && this.waiting(read) === null) return 'SECOND_PERSON_NEEDED';
    return 'GRANTED';
  }

  private rule(door: string, field: string): Any {
    const [own, every] = [this.document.doors?.[door] ?? {}, this.document.doors?.['*'] ?? {}];
    return own[field] === undefined ? every[field] : own[field];
  }

  private isFreeToLeave({ door, direction }: SlowRead): boolean {
    return direction === 'out' && (this.rule(door, 'leaving') ?? 'allow') === 'allow';
  }

  private isLockedOut(read: SlowRead): boolean {
    const lockout = this.rule(read.door, 'lockout');
    if (lockout == null) return false;
    const { afterFailures = 5, forSeconds = 30, withinSeconds = 300 } = lockout;
    let [row, last, until] = [0, -Infinity, -Infinity];
    for (const { door, direction, at, reason } of this.past) {
      if (door !== read.door || direction !== read.direction) continue;
      if (reason === 'GRANTED') [row, until] = [0, -Infinity];
      if (!['UNKNOWN_CARD', 'DOOR_NOT_ALLOWED', 'OUTSIDE_SCHEDULE', 'ANTI_PASSBACK'].includes(reason)) continue;
      row = at - last > withinSeconds * 1000 ? 1 : row + 1;
      last = at;
      if (row >= afterFailures) [row, until] = [0, at + forSeconds * 1000];
    }
    return read.at < until;
  }

  private schedules({ door }: SlowRead, { userId }: SlowPerson, groups: string[]): string[] {
    const person = this.document.persons?.[userId] ?? {};
    const there = Object.entries(person.schedules ?? {}).filter(([name]) => name === door || groups.includes(name)).map(([, schedule]) => schedule as string);
    return [this.rule(door, 'schedule'), person.schedule, ...there].filter((name) => name != null) as string[];
  }

  private wall(at: number): { day: string; time: string; weekday: string } {
    // Only what makes such a format is kept: it takes longest.
    this.format ??= new Intl.DateTimeFormat('en-GB', {
      timeZone: this.document.timeZone ?? 'UTC', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', weekday: 'long', hourCycle: 'h23',
    });
    const parts = Object.fromEntries(this.format.formatToParts(at).map(({ type, value }) => [type, value])) as Record<string, string>;
    return { day: `${parts['year']}-${parts['month']}-${parts['day']}`, time: `${parts['hour']}:${parts['minute']}`, weekday: String(parts['weekday']).toLowerCase() };
  }

  private isOn(name: string, at: number): boolean {
    const schedule = this.document.schedules[name];
    const { day, time } = this.wall(at);
    const hoursOf = (date: string): string[] => {
      const holiday = (this.document.calendars?.[schedule.calendar] ?? []).find((entry: Any) => entry.on === date)
        ?? (this.document.calendars?.[schedule.calendar] ?? []).find((entry: Any) => entry.on === date.slice(5) || (entry.from <= date && date <= entry.to));
      if (holiday !== undefined) return holiday.hours ?? schedule.holidays ?? [];
      const weekday = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', weekday: 'long' }).format(Date.parse(`${date}T12:00:00Z`)).toLowerCase();
      return schedule[weekday] ?? (['saturday', 'sunday'].includes(weekday) ? undefined : schedule.weekdays) ?? schedule.everyday ?? [];
    };
    const yesterday = new Date(Date.parse(`${day}T12:00:00Z`) - 24 * 60 * MINUTE).toISOString().slice(0, 10);
    return hoursOf(day).some((text) => { const [from, to] = text.split('-') as [string, string]; return time >= from && (to <= from || time < to); })
      || hoursOf(yesterday).some((text) => { const [from, to] = text.split('-') as [string, string]; return to <= from && time < to; });
  }

  private readers(list: Any, usual: string): string[] {
    return (list ?? []).map((one: Any) => (typeof one === 'string' ? `${one} ${usual}` : `${one.door} ${one.direction ?? usual}`));
  }

  private areas(read: SlowRead, which: 'entries' | 'exits'): string[] {
    const reader = `${read.door} ${read.direction}`;
    return Object.entries(this.document.areas ?? {}).filter(([, area]) => this.readers((area as Any)[which], which === 'entries' ? 'in' : 'out').includes(reader)).map(([name]) => name);
  }

  /** 'in', 'out' or null, as far as it is not forgotten. */
  private where(userId: string, name: string, now: number): 'in' | 'out' | null {
    const area = this.document.areas[name];
    let [found, since]: ['in' | 'out' | null, number] = [null, 0];
    for (const read of this.past) {
      if (read.reason !== 'GRANTED' || ![this.cards.get(read.card)?.userId, read.partner].includes(userId)) continue;
      if (this.areas(read, 'entries').includes(name)) [found, since] = ['in', read.at];
      else if (this.areas(read, 'exits').includes(name)) [found, since] = ['out', read.at];
    }
    const forget = area.antiPassback?.forgetAfterMinutes;
    if (found === 'in' && forget !== undefined && now - since >= forget * MINUTE) return null;
    // A reset lies between: one of the minutes since then began with the time of day.
    for (let at = Math.ceil(since / MINUTE) * MINUTE; found !== null && area.resetAt !== undefined && at <= now; at += MINUTE) {
      if (at > since && (area.resetAt ?? []).includes(this.wall(at).time)) return null;
    }
    return found;
  }

  private modeOf(read: SlowRead): string {
    const [entered] = this.areas(read, 'entries');
    const user = this.cards.get(read.card)?.userId ?? '';
    if (entered !== undefined && this.document.areas[entered].antiPassback !== undefined && this.where(user, entered, read.at) === 'in') return this.document.areas[entered].antiPassback.mode;
    const left = this.areas(read, 'exits').find((name) => this.document.areas[name].antiPassback?.leaving === 'check') ?? '';
    return this.document.areas[left].antiPassback.mode;
  }

  private isPassedBack(read: SlowRead): boolean {
    const user = this.cards.get(read.card)?.userId ?? '';
    if (this.document.persons?.[user]?.antiPassback === false) return false;
    const back = this.areas(read, 'entries').some((name) => this.document.areas[name].antiPassback !== undefined && this.where(user, name, read.at) === 'in');
    return back || this.areas(read, 'exits').some((name) => this.document.areas[name].antiPassback?.leaving === 'check' && this.where(user, name, read.at) === 'out');
  }

  private isFull(read: SlowRead, { userId }: SlowPerson): boolean {
    return this.areas(read, 'entries').some((name) => {
      const limit = this.document.areas[name].occupancyLimit;
      if (limit === undefined || this.where(userId, name, read.at) === 'in') return false;
      const people = [...new Set([...this.cards.values()].map((one) => one.userId))];
      const inside = people.filter((one) => this.where(one, name, read.at) === 'in').length;
      const partner = this.waiting(read);
      return inside + 1 + (partner !== null && this.where(partner, name, read.at) !== 'in' ? 1 : 0) > limit;
    });
  }

  private isInterlocked(read: SlowRead): boolean {
    return (this.document.interlocks ?? []).some(({ doors, seconds = 10 }: Any) => doors.includes(read.door)
      && this.past.some(({ door, reason, at }) => door !== read.door && doors.includes(door) && reason === 'GRANTED' && read.at - at < seconds * 1000));
  }

  /** Who waits for this person at the door. */
  private waiting(read: SlowRead): string | null {
    const rule = this.rule(read.door, 'twoPersons');
    const user = this.cards.get(read.card)?.userId;
    if (rule == null || this.isFreeToLeave(read) || user === undefined || (rule.among !== undefined && !rule.among.includes(user))) return null;
    let found: { userId: string; at: number; card: string } | null = null;
    for (const { card, door, direction, reason, at } of this.past) {
      if (door !== read.door || direction !== read.direction) continue;
      const userId = this.cards.get(card)?.userId ?? '';
      if (reason === 'GRANTED') found = null;
      if (reason === 'SECOND_PERSON_NEEDED' && (rule.among === undefined || rule.among.includes(userId))) found = { userId, at, card };
    }
    if (found === null || found.userId === user || read.at - found.at > (rule.withinSeconds ?? 15) * 1000) return null;
    // Each of the two might enter.
    return this.mightEnter({ ...read, card: found.card }) ? found.userId : null;
  }

  private mightEnter(read: SlowRead): boolean {
    return ['SECOND_PERSON_NEEDED', 'GRANTED'].includes(this.judge(read));
  }
}
