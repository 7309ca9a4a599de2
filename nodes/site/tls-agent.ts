import { Agent, type AgentOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';

/**
 * An agent that always verifies: by the usual authorities and those of `tls`, or, with a pin, by the fingerprint of
 * the server's certificate and nothing else. The pin is compared before a byte of a request goes out.
 */
export function tlsAgent(tls: Readonly<Record<string, unknown>>, pin: string, keepAlive: boolean): Agent {
  const options: AgentOptions = { keepAlive, maxSockets: 8, ...tls, rejectUnauthorized: true };
  return pin === '' ? new Agent(options) : new PinnedAgent(options, pin);
}

class PinnedAgent extends Agent {
  constructor(options: AgentOptions, private readonly pin: string) {
    super(options);
  }

  override createConnection(options: object, done?: (error: Error | null, stream: Duplex) => void): Duplex | null {
    const { host, servername } = options as { host?: string; servername?: string };
    const socket: TLSSocket = connect({ ...options as ConnectionOptions, servername: servername ?? host, rejectUnauthorized: false });
    const failed = (error: Error): void => { done?.(error, socket); };
    socket.once('error', failed);
    socket.once('secureConnect', () => {
      socket.removeListener('error', failed);
      const fingerprint = socket.getPeerCertificate().fingerprint256.replaceAll(':', '').toLowerCase();
      if (fingerprint === this.pin) {
        done?.(null, socket);
        return;
      }
      const error = Object.assign(new Error('the certificate is not the one that is pinned'), { code: 'ERR_TLS_CERT_PIN' });
      socket.destroy();
      done?.(error, socket);
    });
    return null;
  }
}
