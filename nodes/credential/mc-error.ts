/**
 * The one error class of this package. A Catch node receives `code`, `message` and `cause`, so flows switch on
 * `msg.error.code`. Messages name users by `userId` and cards by their last four digits, and say what to do.
 */
export type ErrorCode =
  | 'CONFIG_UNRESOLVED' | 'CONFIG_MISSING' | 'CONFIG_INVALID' | 'CREDENTIALS_MISSING' | 'PORT_IN_USE'
  | 'INPUT_INVALID' | 'NAME_NOT_ALLOWED' | 'EMAIL_MISSING' | 'PHONE_MISSING' | 'CARD_ID_INVALID' | 'PERIOD_MISSING'
  | 'ROW_LIMIT' | 'CONFIRMATION_MISSING'
  | 'SITE_UNREACHABLE' | 'SITE_TLS' | 'SITE_ANSWER_INVALID' | 'LOGIN_REFUSED' | 'ACCOUNT_LOCKED' | 'SITE_NOT_FOUND'
  | 'SITE_NOT_ACTIVE' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'NOT_SUPPORTED' | 'NO_CREDIT' | 'CREDIT_LIMIT'
  | 'CARD_ALREADY_ISSUED' | 'CARD_QUARANTINED' | 'CARD_NOT_FOUND' | 'USER_NOT_FOUND' | 'ADMINISTRATOR_KEPT'
  | 'BLACKLIST_FULL' | 'OUTCOME_UNKNOWN' | 'PLAN_STALE'
  | 'STORE_LOCKED' | 'STORE_CORRUPT' | 'STORE_FULL' | 'STORE_CLOSED' | 'HUB_DRIVER_MISSING' | 'HUB_UNREACHABLE'
  | 'HUB_SCHEMA' | 'HUB_FORBIDDEN'
  | 'LINE_DOWN' | 'LINE_TIMEOUT' | 'LINE_EXCEPTION' | 'ANSWER_INVALID' | 'QUEUE_FULL' | 'COMMAND_EXPIRED'
  | 'PROFILE_UNKNOWN' | 'CHANNEL_UNKNOWN' | 'STRIKE_SHARED' | 'DOOR_NOT_ARMED' | 'DOOR_LOCKED';

export interface McErrorOptions {
  /** What led to it. Only its message (and code) are kept: no headers, tokens or bodies travel in a cause. */
  cause?: unknown;
  /** Modbus exception number of `LINE_EXCEPTION`. */
  exception?: number;
  /** Seconds until the site wants to be asked again (`RATE_LIMITED`). */
  retryAfterSeconds?: number;
  /** The code by which the site refused, in its own words, for whoever knows that site: `103`, `u1001`. */
  siteCode?: string;
}

export class McError extends Error {
  readonly code: ErrorCode;
  readonly exception?: number;
  readonly retryAfterSeconds?: number;
  readonly siteCode?: string;

  constructor(code: ErrorCode, message: string, options: McErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: plainCause(options.cause) });
    this.name = 'McError';
    this.code = code;
    if (options.exception !== undefined) this.exception = options.exception;
    if (options.retryAfterSeconds !== undefined) this.retryAfterSeconds = options.retryAfterSeconds;
    if (options.siteCode !== undefined) this.siteCode = options.siteCode;
  }
}

/** True for our own error, and with `codes` given only for one of these codes. */
export function isMcError(error: unknown, ...codes: ErrorCode[]): error is McError {
  return error instanceof McError && (codes.length === 0 || codes.includes(error.code));
}

/** A foreign error reduced to what may be shown: HTTP clients hang whole requests, tokens included, on theirs. */
function plainCause(cause: unknown): unknown {
  if (cause instanceof McError) return cause;
  if (!(cause instanceof Error)) return undefined;
  const plain: Error & { code?: unknown } = new Error(cause.message);
  plain.name = cause.name;
  const code = (cause as { code?: unknown }).code;
  if (typeof code === 'string' || typeof code === 'number') plain.code = code;
  delete plain.stack;
  return plain;
}
