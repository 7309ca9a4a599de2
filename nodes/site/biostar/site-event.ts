import { isObject, type JsonObject } from '../json-answer';
import { idOf, listOf, textOf, timeOf } from './envelope';
import type { EventKind } from '../../credential/event-kinds';
import { eventMeaning } from './event-codes';

/** What `mc-events` emits. */
export interface SiteEvent {
  id: string;
  code: number;
  kind: EventKind;
  text: string;
  /** ISO 8601 in UTC: when it happened at the device. */
  at: string | null;
  userId: string | null;
  cardId: string | null;
  /** Name of the door where it has one, else its ID; the same for the device. */
  door: string | null;
  device: string | null;
  /** As BioStar sent it. */
  raw: JsonObject;
}

/** A row of `events/search`, or what is under `Event` in a frame of the WebSocket (suprema-api A9). Null for what has no ID or code. */
export function siteEvent(row: JsonObject): SiteEvent | null {
  const id = textOf(row['id']);
  const code = Number(idOf(row['event_type_id'], 'code') ?? idOf(row['event_type_id']) ?? NaN);
  if (id === null || !Number.isInteger(code)) return null;
  return {
    id, code, ...eventMeaning(code),
    at: timeOf(row['datetime']) ?? timeOf(row['server_datetime']),
    userId: idOf(row['user_id'], 'user_id'), cardId: cardIn(row),
    door: named(row['door_id']), device: named(row['device_id']),
    raw: row,
  };
}

/** True where one comes after the other: numbers by value, however long, else as text. */
export function comesAfter(a: string, b: string): boolean {
  if (/^\d+$/.test(a) && /^\d+$/.test(b)) return BigInt(a) > BigInt(b);
  return a > b;
}

function named(value: unknown): string | null {
  const one = Array.isArray(value) ? (value as unknown[])[0] : value;
  if (!isObject(one)) return textOf(one);
  return textOf(one['name']) ?? textOf(one['id']);
}

/** No documented row has one; servers that name the card do it under one of these. */
function cardIn(row: JsonObject): string | null {
  for (const key of ['card_id', 'card']) {
    const value = row[key];
    const text = isObject(value) ? textOf(value['card_id']) : listOf(value).length > 0 ? null : textOf(value);
    if (text !== null && /^\d{1,32}$/.test(text)) return text;
  }
  return null;
}
