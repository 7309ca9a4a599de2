import { McError } from '../credential/mc-error';

/** Errors before a byte of the request could leave: the site certainly did not act. */
const NEVER_LEFT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'ENETDOWN', 'EINVAL', 'ERR_INVALID_URL'];

const TLS_WORDS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired', ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed', SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from an unknown authority', UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate comes from an unknown authority', CERT_NOT_YET_VALID: 'its certificate is not valid yet', ERR_TLS_CERT_PIN: 'its certificate is not the one that is pinned',
  EPROTO: 'it does not speak TLS here',
};

/** How a request without an answer failed. `left`: it may have reached the site. */
export interface TransportFailure { error: McError; left: boolean; timedOut: boolean }

export function transportFailure(cause: unknown, host: string): TransportFailure {
  const code = codeOf(cause);
  const tls = code === '' ? undefined : TLS_WORDS[code] ?? (/^(ERR_TLS|ERR_SSL|CERT_)/.test(code) ? 'the secure connection failed' : undefined);
  if (tls !== undefined) {
    const error = new McError('SITE_TLS', `${host} cannot be trusted: ${tls}. Give mc-site a TLS configuration with its authority, or the certificate's fingerprint.`, { cause });
    return { error, left: false, timedOut: false };
  }
  const timedOut = ['ECONNABORTED', 'ETIMEDOUT', 'ERR_CANCELED'].includes(code);
  const why = timedOut ? 'it did not answer in time' : code === '' ? 'the connection failed' : code;
  const error = new McError('SITE_UNREACHABLE', `${host} cannot be reached: ${why}. Check the network, the domain and the port.`, { cause });
  return { error, left: !NEVER_LEFT.includes(code), timedOut };
}

function codeOf(cause: unknown): string {
  for (let error = cause as { code?: unknown; cause?: unknown } | undefined; typeof error === 'object' && error !== null; error = error.cause as typeof error) {
    if (typeof error.code === 'string' && error.code !== 'ERR_NETWORK' && error.code !== 'ERR_BAD_REQUEST') return error.code;
  }
  return '';
}
