import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as tcpConnect, type Socket } from 'node:net';
import { connect as tlsConnect, type ConnectionOptions, type TLSSocket } from 'node:tls';

/** What a `tls-config` node may add: certificates, never whether they are looked at. */
export type Certificates = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'pfx' | 'passphrase' | 'servername'>;

/** Only certificates and the name they are compared with: no switch that turns verification off, no other protocol. */
export function certificatesIn(tls: Certificates | undefined): Certificates {
  const { ca, cert, key, pfx, passphrase, servername } = tls ?? {};
  return Object.fromEntries(Object.entries({ ca, cert, key, pfx, passphrase, servername }).filter(([, value]) => value !== undefined && value !== ''));
}

export interface ConnectionPlan {
  host: string;
  port: number;
  /** Null: plain TCP. */
  tls: { certificates: Certificates; pin: string; unverified?: boolean } | null;
  /** An HTTP proxy that tunnels (RFC 9110, 9.3.6), or null. */
  proxy: URL | null;
  signal: AbortSignal;
}

/** Why no connection came about. Nothing of any request has left. */
export class ConnectionFailure extends Error {
  constructor(readonly stage: 'tcp' | 'proxy' | 'tls', message: string, readonly code: string, options?: { cause: unknown }) {
    super(message, options);
    this.name = 'ConnectionFailure';
  }
}

/** A connection that is ready for a request: established, and with TLS its certificate trusted or the pinned one. */
export async function openConnection(plan: ConnectionPlan): Promise<Socket> {
  const socket = plan.proxy === null ? await direct(plan) : await tunnel(plan, plan.proxy);
  return plan.tls === null ? socket : secured(socket, plan, plan.tls);
}

async function direct({ host, port, signal }: ConnectionPlan): Promise<Socket> {
  const socket = tcpConnect({ host, port });
  await ready(socket, 'connect', 'tcp', signal);
  return socket;
}

function tunnel({ host, port, tls, signal }: ConnectionPlan, proxy: URL): Promise<Socket> {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const isSecure = proxy.protocol === 'https:';
  const account = proxy.username === '' ? {} : { 'Proxy-Authorization': `Basic ${Buffer.from(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`).toString('base64')}` };
  const options = {
    host: proxy.hostname.replace(/^\[|\]$/g, ''), port: Number(proxy.port) || (isSecure ? 443 : 80), method: 'CONNECT', path: authority,
    headers: { Host: authority, ...account }, agent: false as const, signal, ...(isSecure ? { ca: tls?.certificates.ca } : {}),
  };
  return new Promise((resolve, reject) => {
    const request = isSecure ? httpsRequest(options) : httpRequest(options);
    request.once('connect', ({ statusCode = 0 }, socket: Socket) => {
      if (statusCode >= 200 && statusCode < 300) {
        resolve(socket);
        return;
      }
      socket.destroy();
      const why = statusCode === 407 ? 'it wants an account: write it into the proxy variable' : `it answered ${statusCode}`;
      reject(new ConnectionFailure('proxy', `the proxy ${proxy.host} did not let us through: ${why}`, `HTTP_${statusCode}`));
    });
    request.once('error', (cause) => reject(new ConnectionFailure('proxy', `the proxy ${proxy.host} cannot be reached (${codeOf(cause)})`, codeOf(cause), { cause })));
    request.end();
  });
}

async function secured(socket: Socket, { host, signal }: ConnectionPlan, { certificates, pin, unverified = false }: { certificates: Certificates; pin: string; unverified?: boolean }): Promise<TLSSocket> {
  // Without a name the certificate is compared with `host`; an address must not be sent as a server name (RFC 6066, 3).
  const servername = certificates.servername ?? (/^[\d.]+$|:/.test(host) ? undefined : host);
  const secure = tlsConnect({
    ...certificates, servername, socket, host, ALPNProtocols: ['http/1.1'],
    // With a pin the chain says nothing: the certificate itself is compared below, before anything is sent.
    rejectUnauthorized: pin === '' && !unverified,
  });
  await ready(secure, 'secureConnect', 'tls', signal);
  if (pin !== '' && fingerprintOf(secure) !== pin) {
    secure.destroy();
    throw new ConnectionFailure('tls', 'its certificate is not the one that is pinned', 'PIN_MISMATCH');
  }
  return secure;
}

function fingerprintOf(socket: TLSSocket): string {
  // Typed as always present, but a peer without a certificate gives an empty object.
  const { fingerprint256 } = socket.getPeerCertificate() as { fingerprint256?: string };
  return (fingerprint256 ?? '').replaceAll(':', '').toLowerCase();
}

/** Waits for `event`; destroys the socket where it does not come. */
function ready(socket: Socket, event: 'connect' | 'secureConnect', stage: 'tcp' | 'tls', signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (failure: ConnectionFailure | null): void => {
      socket.off(event, done).off('error', failed).off('close', closed);
      signal.removeEventListener('abort', aborted);
      if (failure === null) {
        resolve();
        return;
      }
      // A late error of a socket that nobody uses any more must not end the process.
      socket.on('error', () => undefined).destroy();
      reject(failure);
    };
    const done = (): void => settle(null);
    const failed = (cause: Error): void => settle(new ConnectionFailure(stage, cause.message, codeOf(cause), { cause }));
    const closed = (): void => settle(new ConnectionFailure(stage, 'the connection was closed', 'ECONNRESET'));
    const aborted = (): void => settle(new ConnectionFailure(stage, 'no connection came about in time', 'ETIMEDOUT'));
    socket.once(event, done).once('error', failed).once('close', closed);
    signal.addEventListener('abort', aborted);
    if (signal.aborted) aborted();
  });
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : 'unknown reason';
}
