/** Parts of the document whose names others refer to. */
export type Named = 'schedules' | 'calendars' | 'doors' | 'groups';

/** What a field holds, and so how it is shown. */
export type Shape = { key: string; label?: string } & (
  | { kind: 'text' | 'number'; hint?: string }
  /** Texts with commas between; `off` has a word for the empty list. */
  | { kind: 'hours'; hint: string; off: boolean }
  | { kind: 'texts'; hint: string }
  | { kind: 'choice'; choices: readonly string[] }
  /** `means`: what is kept where it is ticked. */
  | { kind: 'tick'; means: boolean }
  | { kind: 'name'; of: Named }
  | { kind: 'part'; fields: readonly Shape[]; start: () => Record<string, unknown> }
  | { kind: 'doors' | 'days' | 'own-schedules' }
  /** Readers of doors; `usual` is the direction that a door's bare name stands for. */
  | { kind: 'readers'; usual: 'in' | 'out' }
);

/** A part of the document: entries by name, or a list of them. `fields` null: an entry is itself what `whole` shows. */
export type PartShape = { part: string; icon: string; listed: boolean } & ({ fields: readonly Shape[] } | { whole: Shape });

const DAYS = ['everyday', 'weekdays', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const DOUBT = ['deny', 'allow', 'allow-and-flag'];
const hours = (key: string): Shape => ({ key, kind: 'hours', hint: key, off: true });
const within = (key: string, label: string): Shape => ({ key, kind: 'number', label });

export const GENERAL: readonly Shape[] = [
  { key: 'name', kind: 'text', label: 'rulesName', hint: 'rulesName' },
  { key: 'timeZone', kind: 'text', hint: 'timeZone' },
];

export const PARTS: readonly PartShape[] = [
  { part: 'schedules', icon: 'fa-clock-o', listed: false, fields: [...DAYS.map(hours), { key: 'calendar', kind: 'name', of: 'calendars' }, hours('holidays')] },
  { part: 'calendars', icon: 'fa-calendar', listed: false, whole: { key: 'days', kind: 'days' } },
  {
    part: 'doors', icon: 'fa-sign-in', listed: false,
    fields: [
      { key: 'schedule', kind: 'name', of: 'schedules', label: 'doorSchedule' },
      { key: 'leaving', kind: 'choice', choices: ['allow', 'check'] },
      {
        key: 'freeAccess', kind: 'part', start: () => ({}),
        fields: [{ key: 'schedule', kind: 'name', of: 'schedules', label: 'freeAccessSchedule' }, { key: 'afterFirstCard', kind: 'tick', means: true }],
      },
      { key: 'twoPersons', kind: 'part', start: () => ({}), fields: [within('withinSeconds', 'twoPersonsWithin'), { key: 'among', kind: 'texts', hint: 'among' }] },
      {
        key: 'lockout', kind: 'part', start: () => ({}),
        fields: [{ key: 'afterFailures', kind: 'number' }, within('forSeconds', 'lockoutFor'), within('withinSeconds', 'lockoutWithin')],
      },
      { key: 'whenDataOld', kind: 'choice', choices: DOUBT },
      { key: 'whenClockDoubtful', kind: 'choice', choices: DOUBT },
    ],
  },
  { part: 'groups', icon: 'fa-object-group', listed: false, whole: { key: 'doors', kind: 'doors', label: 'groupDoors' } },
  {
    part: 'areas', icon: 'fa-square-o', listed: false,
    fields: [
      { key: 'entries', kind: 'readers', usual: 'in' },
      { key: 'exits', kind: 'readers', usual: 'out' },
      {
        key: 'antiPassback', kind: 'part', start: () => ({ mode: 'soft' }),
        fields: [
          { key: 'mode', kind: 'choice', choices: ['soft', 'hard', 'timed'] },
          { key: 'forgetAfterMinutes', kind: 'number' },
          { key: 'leaving', kind: 'choice', choices: ['allow', 'check'], label: 'areaLeaving' },
        ],
      },
      { key: 'occupancyLimit', kind: 'number', hint: 'occupancyLimit' },
      { key: 'resetAt', kind: 'hours', hint: 'resetAt', off: false },
    ],
  },
  {
    part: 'interlocks', icon: 'fa-link', listed: true,
    fields: [{ key: 'doors', kind: 'doors', label: 'interlockDoors' }, within('seconds', 'interlockSeconds')],
  },
  {
    part: 'persons', icon: 'fa-user', listed: false,
    fields: [
      { key: 'schedule', kind: 'name', of: 'schedules', label: 'personSchedule' },
      { key: 'schedules', kind: 'own-schedules' },
      { key: 'extendedTime', kind: 'tick', means: true },
      { key: 'passesLockdown', kind: 'tick', means: true },
      { key: 'antiPassback', kind: 'tick', means: false, label: 'neverAntiPassback' },
      { key: 'duressCards', kind: 'texts', hint: 'duressCards' },
    ],
  },
];
