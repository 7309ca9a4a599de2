import { McError } from '../credential/mc-error';
import { ConnectionFailure } from './connection';

/** How far a request came. */
export interface Progress {
  /** It got an established connection: some of it may have arrived. */
  left: boolean;
  /** The head of an answer came back. */
  answered: boolean;
  timedOut: boolean;
  /** The site's node was stopped. */
  closed: boolean;
  /** The first error of the request itself, before axios wraps it. */
  error: Error | null;
}

/** Why there is no answer. */
export interface TransportFailure {
  error: McError;
  /** The request may have reached the site. */
  left: boolean;
  /** Asking again at once may help. */
  again: boolean;
  /** It says that the site, or the way to it, is down. */
  isOutage: boolean;
}

const TLS_REASONS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet, or the clock of this machine is wrong',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate comes from an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an unknown authority',
  PIN_MISMATCH: 'its certificate is not the one that is pinned',
  EPROTO: 'it does not speak TLS here',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS here',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS here',
};

/** Broken connections while TLS was being set up, which say nothing about trust. */
const BROKEN = ['ECONNRESET', 'EPIPE', 'ETIMEDOUT'];

const UNREACHABLE_REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (ECONNREFUSED)',
  ENOTFOUND: 'its name is not known (ENOTFOUND)',
  EAI_AGAIN: 'its name cannot be looked up at the moment (EAI_AGAIN)',
  ECONNRESET: 'the connection was cut (ECONNRESET)',
  ETIMEDOUT: 'no connection came about in time (ETIMEDOUT)',
};

/** Puts a request that got no answer into our words. */
export function transportFailure(cause: unknown, progress: Progress, host: string): TransportFailure {
  const { left, answered, timedOut, closed } = progress;
  const failure = (error: McError, again: boolean, isOutage: boolean): TransportFailure => ({ error, left, again, isOutage });
  if (closed) return failure(new McError('SITE_UNREACHABLE', `The request to ${host} was given up: the site's node was stopped.`), false, false);
  const { stage, code, origin } = originOf(progress.error ?? cause);
  const unreachable = (why: string): McError => new McError('SITE_UNREACHABLE', `${host} cannot be reached: ${why}. Check the network, the domain and the port.`, { cause: origin });
  if (stage === 'tls' && !BROKEN.includes(code)) {
    const why = TLS_REASONS[code] ?? `the secure connection failed (${code})`;
    const error = new McError('SITE_TLS', `${host} cannot be trusted: ${why}. Give mc-site a TLS configuration with its authority, or the right fingerprint, and look at its domain.`, { cause: origin });
    return failure(error, false, false);
  }
  if (timedOut) return failure(unreachable(left ? 'it did not answer in time' : 'no connection came about in time'), false, true);
  if (answered && isTooLong(cause)) return failure(new McError('SITE_ANSWER_INVALID', `The answer of ${host} is too large to be one of the site's. Check the domain and the port.`), false, false);
  if (answered) return failure(new McError('SITE_ANSWER_INVALID', `The answer of ${host} was cut off (${code}).`, { cause: origin }), true, true);
  if (stage === 'proxy') return failure(unreachable((origin as Error).message), true, true);
  if (code.startsWith('HPE_')) return failure(new McError('SITE_ANSWER_INVALID', `${host} does not speak HTTP (${code}). Check the domain and the port.`), false, false);
  return failure(unreachable(UNREACHABLE_REASONS[code] ?? code), true, true);
}

/** Our own failure or the system's error, below whatever wraps it. */
function originOf(cause: unknown): { stage: ConnectionFailure['stage'] | null; code: string; origin: unknown } {
  for (let error = cause; typeof error === 'object' && error !== null; error = (error as { cause?: unknown }).cause) {
    if (error instanceof ConnectionFailure) return { stage: error.stage, code: error.code, origin: error };
    const { code, config } = error as { code?: unknown; config?: unknown };
    // What has a `config` is axios' own, and may hold the token.
    if (typeof code === 'string' && config === undefined) return { stage: null, code, origin: error };
  }
  return { stage: null, code: 'the connection failed', origin: undefined };
}

/** axios has no code of its own for it (lib/adapters/http.js). */
function isTooLong(cause: unknown): boolean {
  return cause instanceof Error && cause.message.startsWith('maxContentLength');
}
