/** A rule set in which every rule is on, for many doors. */
export const DOORS = 1000;

export function doorName(i: number): string {
  return `Door ${i}`;
}

/** Doors with all that a door may have; every tenth leads into an area, every twentieth is interlocked, every fiftieth asks for two. */
export function manyRules(name: string, doors = DOORS): Record<string, unknown> {
  const numbers = Array.from({ length: doors }, (_, i) => i);
  const schedules = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`schedule ${i}`, {
    weekdays: ['00:00-12:30', '12:30-24:00'], saturday: ['00:00-24:00'], sunday: ['00:00-08:00', '08:00-24:00'], calendar: 'national', holidays: ['00:00-24:00'],
  }]));
  return {
    version: 1, name, timeZone: 'Europe/Berlin',
    calendars: { national: [{ on: '12-25' }, { on: '01-01' }, { from: '2026-12-27', to: '2026-12-31', hours: ['00:00-24:00'] }] },
    schedules,
    doors: Object.fromEntries([
      ['*', { lockout: { afterFailures: 5, forSeconds: 30 }, whenDataOld: 'allow-and-flag', whenClockDoubtful: 'allow-and-flag' }],
      ...numbers.map((i) => [doorName(i), { schedule: `schedule ${i % 50}`, ...i % 50 === 7 ? { twoPersons: { withinSeconds: 60 } } : {} }]),
    ]),
    groups: Object.fromEntries(Array.from({ length: doors / 10 }, (_, i) => [`group ${i}`, numbers.slice(i * 10, i * 10 + 10).map(doorName)])),
    areas: Object.fromEntries(Array.from({ length: doors / 10 }, (_, i) => [`area ${i}`, {
      entries: [doorName(i * 10)], exits: [doorName(i * 10)], antiPassback: { mode: 'soft', forgetAfterMinutes: 600 }, occupancyLimit: 100_000, resetAt: ['04:00'],
    }])),
    interlocks: Array.from({ length: doors / 20 }, (_, i) => ({ doors: [doorName(i * 20 + 3), doorName(i * 20 + 4)], seconds: 1 })),
    persons: Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`u${i * 7}`, { schedule: `schedule ${i % 50}`, extendedTime: true, passesLockdown: i % 2 === 0 }])),
  };
}
