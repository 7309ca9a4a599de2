import type { Group } from '../groups';

/** A user of the server. Texts that were left out are empty. */
export interface User {
  userId: string;
  name: string;
  email: string;
  phone: string;
  department: string;
  title: string;
  group: Group;
  accessGroups: readonly Group[];
  /** Milliseconds since the epoch. */
  start: number;
  expiry: number;
  disabled: boolean;
  loginId: string;
  havePin: boolean;
  permission: string;
  /** Milliseconds since the epoch of the last change, and how many there were. */
  modified: number;
  updates: number;
}

export const FIRST_START = Date.UTC(2001, 0, 1);
export const LAST_EXPIRY = Date.UTC(2037, 11, 31, 23, 59);
export const USUAL_EXPIRY = Date.UTC(2030, 11, 31, 23, 59);

export const ADMINISTRATOR_ID = '1';

export function administrator(group: Group, now: number): User {
  return {
    userId: ADMINISTRATOR_ID, name: 'Administrator', email: '', phone: '', department: '', title: '', group, accessGroups: [],
    start: FIRST_START, expiry: USUAL_EXPIRY, disabled: false, loginId: 'admin', havePin: false, permission: '1', modified: now, updates: 0,
  };
}

/** Numeric ids in the order of numbers, before all others. */
export function compareIds(one: string, other: string): number {
  const numbers = [one, other].map((id) => (/^\d+$/.test(id) ? Number(id) : Infinity)) as [number, number];
  if (numbers[0] !== numbers[1]) return numbers[0] < numbers[1] ? -1 : 1;
  return one < other ? -1 : one === other ? 0 : 1;
}
