import type { EventKind } from '../../credential/event-kinds';

/** Codes with a meaning of their own (suprema-api A9). */
const NAMED: Readonly<Record<number, readonly [EventKind, string]>> = {
  4102: ['granted', 'Access granted by card'],
  4103: ['granted', 'Access granted by card and PIN'],
  4104: ['granted', 'Access granted by card and fingerprint'],
  4106: ['granted', 'Access granted by card and face'],
  4118: ['granted', 'Access granted by mobile card'],
  4119: ['granted', 'Access granted by mobile card and PIN'],
  4120: ['granted', 'Access granted by mobile card and fingerprint'],
  4121: ['granted', 'Access granted by mobile card, fingerprint and PIN'],
  4122: ['granted', 'Access granted by mobile card and face'],
  4123: ['granted', 'Access granted by mobile card, face and PIN'],
  4128: ['granted', 'Access granted by mobile card'],
  4129: ['granted', 'Access granted by mobile card'],
  4354: ['auth-failed', 'Card not accepted'],
  4360: ['auth-failed', 'Mobile card not accepted'],
  4364: ['auth-failed', 'QR code not accepted'],
  6146: ['auth-failed', 'Invalid credential'],
  6147: ['auth-failed', 'Authentication timed out'],
  6400: ['denied', 'Access denied'],
  6401: ['denied', 'Access denied: access group'],
  6402: ['denied', 'Access denied: user is disabled'],
  6403: ['denied', 'Access denied: outside the period'],
  6404: ['blacklisted', 'Access denied: card is on the blacklist'],
  6405: ['denied', 'Access denied: anti-passback'],
  6406: ['denied', 'Access denied: timed anti-passback'],
  6407: ['denied', 'Access denied: door is locked'],
  6408: ['apb', 'Soft anti-passback'],
  6409: ['apb', 'Soft timed anti-passback'],
  6415: ['denied', 'Access denied: interlock'],
  6418: ['denied', 'Access denied: tailgating'],
  6419: ['denied', 'Access denied: temperature'],
  6420: ['denied', 'Access denied: temperature'],
  6421: ['denied', 'Access denied: mask'],
  6422: ['denied', 'Access denied: occupancy'],
  6912: ['granted', 'Access granted, checked only'],
  8192: ['user', 'User enrolled'],
  8448: ['user', 'User could not be enrolled'],
  8704: ['user', 'User updated'],
  9216: ['user', 'User deleted'],
  10242: ['user', 'Card is enrolled twice'],
  10248: ['user', 'Mobile credential is enrolled twice'],
  12288: ['device', 'Device restarted'],
  12544: ['device', 'Device started'],
  13056: ['device', 'Device connected'],
  13312: ['device', 'Device disconnected'],
  16384: ['tamper', 'Tamper'],
  20480: ['door-unlocked', 'Door unlocked'],
  20736: ['door-locked', 'Door locked'],
  20992: ['door-opened', 'Door opened'],
  21248: ['door-closed', 'Door closed'],
  21504: ['forced-open', 'Door forced open'],
  21760: ['held-open', 'Door held open'],
  22016: ['forced-open', 'Forced open alarm'],
  22272: ['forced-open-cleared', 'Forced open alarm cleared'],
  22528: ['held-open', 'Held open alarm'],
  22784: ['held-open-cleared', 'Held open alarm cleared'],
  23040: ['apb', 'Anti-passback alarm'],
  23296: ['apb', 'Anti-passback alarm cleared'],
};

/** Ranges for what has no name above (suprema-api A9). The first that fits holds. */
const RANGES: readonly (readonly [from: number, to: number, kind: EventKind, text: string])[] = [
  [4096, 4351, 'granted', 'Access granted'],
  [4352, 4607, 'auth-failed', 'Authentication failed'],
  [4608, 4863, 'duress', 'Access under duress'],
  [4864, 5119, 'granted', 'Access granted'],
  [5120, 5375, 'auth-failed', 'Authentication failed'],
  [5376, 5631, 'duress', 'Access under duress'],
  [6144, 6399, 'auth-failed', 'Authentication failed'],
  [6400, 6911, 'denied', 'Access denied'],
  [8192, 10495, 'user', 'User changed'],
  [12288, 16383, 'device', 'Device'],
  [23552, 24575, 'door-command', 'Door command'],
];

/** The kind of an event and what it says in words. Unknown codes are `other`. */
export function eventMeaning(code: number): { kind: EventKind; text: string } {
  const named = NAMED[code];
  if (named !== undefined) return { kind: named[0], text: named[1] };
  const range = RANGES.find(([from, to]) => code >= from && code <= to);
  return range === undefined ? { kind: 'other', text: `Event ${code}` } : { kind: range[2], text: range[3] };
}
