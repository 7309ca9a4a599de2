/** Reads what a flow sends to a door: a decision, an order of output 3 of `mc-access`, or a plain command. Pure. */
import { McError } from '../credential/mc-error';
import type { DoorCommand, DoorSource } from './door-types';
import { WISH_SOURCES, type WishSource } from './door-wishes';

export type DoorRequest =
  /** Not for this door, or a decision that grants nothing. */
  | { kind: 'ignored' }
  /** `key` is the same for the same decision, however often it arrives. */
  | { kind: 'grant'; key: string; decidedAt: number; extended: boolean; passesLockdown: boolean }
  | { kind: 'command'; command: DoorCommand; source: WishSource };

const COMMANDS: readonly DoorCommand[] = ['open', 'lock', 'unlock', 'release', 'status'];
const HOLDS: readonly DoorCommand[] = ['lock', 'unlock', 'release'];

/** A flag of a decision: this person needs longer to pass. */
const EXTENDED = 'extended-time';
/** The rules let this person through a lockdown. */
const PASSES_LOCKDOWN = 'passes-lockdown';

/** What `mc-access` names as the door of an order that is meant for all of them. */
const EVERY_DOOR = '*';

/** A full time of ISO 8601 with its zone: one without is read in the zone of the machine, and may be hours off. */
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

/**
 * @param input `msg.payload` as it came
 * @param nowMs milliseconds since the epoch, to judge a decision's age
 * @throws INPUT_INVALID for what is no request, COMMAND_EXPIRED for a grant whose `decidedAt` is missing, not a time,
 *   or further from now than `maxDecisionAgeMs` (a decision from the future has a wrong clock)
 */
export function readDoorRequest(
  input: unknown, { door, maxDecisionAgeMs }: { door: string; maxDecisionAgeMs: number }, nowMs: number,
): DoorRequest {
  if (typeof input === 'string') return { kind: 'command', command: command(input, door), source: 'operator' };
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw notUnderstood(door);
  const fields = input as Record<string, unknown>;
  if ('granted' in fields) return readDecision(fields, door, maxDecisionAgeMs, nowMs);

  if (fields.door !== undefined && fields.door !== door && fields.door !== EVERY_DOOR) return { kind: 'ignored' };
  const asked = command(fields.command, door);
  const source = wishSource(fields.source, door);
  if (source !== 'operator' && !HOLDS.includes(asked)) {
    throw new McError('INPUT_INVALID', `Door "${door}": ${source} can order lock, unlock and release, not ${asked}.`);
  }
  return { kind: 'command', command: asked, source };
}

function readDecision(fields: Record<string, unknown>, door: string, maxAgeMs: number, nowMs: number): DoorRequest {
  if (fields.door !== door || fields.granted !== true) return { kind: 'ignored' };
  const { decidedAt } = fields;
  const at = typeof decidedAt === 'string' && ISO_TIME.test(decidedAt) ? Date.parse(decidedAt) : Number.NaN;
  if (!(Math.abs(nowMs - at) <= maxAgeMs)) {
    throw new McError('COMMAND_EXPIRED', Number.isNaN(at)
      ? `Door "${door}": the decision has no usable decidedAt, so it does not open. Pass the message of mc-access on whole.`
      : `Door "${door}": the decision is ${Math.round(nowMs - at)} ms old (at most ${maxAgeMs}), so it does not open. Present the card again.`);
  }
  const flags = Array.isArray(fields.flags) ? fields.flags as unknown[] : [];
  return { kind: 'grant', key: decisionKey(fields), decidedAt: at, extended: flags.includes(EXTENDED), passesLockdown: flags.includes(PASSES_LOCKDOWN) };
}

/** One reader cannot read, and nobody decides, the same card twice in the same millisecond. */
function decisionKey(fields: Record<string, unknown>): string {
  return ['decidedAt', 'readAt', 'cardId', 'userId', 'reader', 'direction', 'device']
    .map((name) => (typeof fields[name] === 'string' || typeof fields[name] === 'number' ? String(fields[name]) : ''))
    .join('\n');
}

function command(value: unknown, door: string): DoorCommand {
  const known = COMMANDS.find((one) => one === value);
  if (known === undefined) throw notUnderstood(door);
  return known;
}

function wishSource(value: unknown, door: string): WishSource {
  if (value === undefined || value === null) return 'operator';
  const known = WISH_SOURCES.find((one: DoorSource) => one === value);
  if (known === undefined) {
    throw new McError('INPUT_INVALID', `Door "${door}": the source of a command is ${WISH_SOURCES.join(', ')}.`);
  }
  return known;
}

function notUnderstood(door: string): McError {
  return new McError('INPUT_INVALID',
    `Door "${door}" takes a decision of mc-access or one of the commands ${COMMANDS.join(', ')}, as payload or payload.command.`);
}
