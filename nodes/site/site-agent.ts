import { Agent as HttpAgent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { type ConnectionPlan, openConnection } from './connection';

/** How long a connection may lie idle before it is not used again, and how many there are at most. */
export interface KeptConnections {
  idleMs: number;
  most: number;
}

/** Shorter than servers keep a silent connection (Node.js: 5 s), so that one is hardly taken while it is being closed. */
export const FOR_READS: KeptConnections = { idleMs: 4000, most: 8 };

/**
 * A request that changes something must not meet a connection that is just being closed: nobody would know what
 * arrived. One that was in use a moment ago is not; many requests in a row then need no new one each.
 */
export const FOR_WRITES: KeptConnections = { idleMs: 750, most: 32 };

/** Node calls it with an error alone, or with a stream; its types know only the latter. */
type Established = (error: Error | null, stream: Duplex) => void;

interface ConnectTo { host?: string | null | undefined; port?: number | string | null | undefined }

/** How an agent's connections are made; host and port are those that the request goes to. */
export type ConnectionStyle = Pick<ConnectionPlan, 'tls' | 'proxy'> & { timeoutMs: number };

/** Opens connections for an agent and knows those that are on their way: an agent's own `destroy` forgets them. */
class Opener {
  private readonly onTheirWay = new Set<AbortController>();

  constructor(private readonly style: ConnectionStyle) {}

  open({ host, port }: ConnectTo, done: (error: Error | null, stream?: Duplex) => void): void {
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), this.style.timeoutMs);
    this.onTheirWay.add(ending);
    openConnection({ ...this.style, host: host ?? 'localhost', port: Number(port), signal: ending.signal })
      .then((socket) => done(null, socket), (error: unknown) => done(error as Error))
      .finally(() => {
        clearTimeout(timer);
        this.onTheirWay.delete(ending);
      })
      .catch(() => undefined);
  }

  close(): void {
    for (const ending of this.onTheirWay) ending.abort();
  }
}

/**
 * Agents that hand out only connections that are established and trusted. So what never got one has certainly not
 * left this machine, and a request that got one may have arrived.
 */
export function siteAgent(isSecure: boolean, style: ConnectionStyle, { idleMs, most }: KeptConnections): HttpAgent {
  const options: AgentOptions = { keepAlive: true, timeout: idleMs, maxSockets: most };
  return isSecure ? new SecureSiteAgent(options, style) : new PlainSiteAgent(options, style);
}

/** An agent of either kind whose connections come from an Opener. */
function opening(Base: typeof HttpAgent): new (options: AgentOptions, style: ConnectionStyle) => HttpAgent {
  return class extends Base {
    private readonly opener: Opener;

    constructor(options: AgentOptions, style: ConnectionStyle) {
      super(options);
      this.opener = new Opener(style);
    }

    override createConnection(options: ConnectTo, done: Established): null {
      this.opener.open(options, done as Parameters<Opener['open']>[1]);
      return null;
    }

    override destroy(): void {
      this.opener.close();
      super.destroy();
    }
  };
}

const PlainSiteAgent = opening(HttpAgent);
const SecureSiteAgent = opening(HttpsAgent);
