import { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import axios, { type AxiosInstance } from 'axios';
import { tlsAgent } from './tls-agent';

/** From the first byte out to the last byte in: a server that drips is over too. */
const TIMEOUT_MS = 10_000;
const LONGEST_ANSWER = 20 * 1024 * 1024;

export interface HttpRequest {
  method: string;
  /** Path and query, after the base. */
  path: string;
  body?: unknown;
  token?: string;
  /** On a connection of its own: one that was kept open may be closing just now, and then nobody knows what arrived. */
  fresh?: boolean;
}

export interface HttpAnswer {
  status: number;
  text: string;
  /** Lower-case name → value. */
  retryAfter: string | null;
}

/** HTTP to one base URL. Answers of every status resolve; only a missing answer rejects, with axios' error. */
export class HttpClient {
  private readonly axios: AxiosInstance;
  private readonly freshAgents: { httpAgent: HttpAgent; httpsAgent: HttpsAgent };
  private readonly agents: (HttpAgent | HttpsAgent)[];
  private readonly ending = new AbortController();

  constructor(readonly baseUrl: string, tls: Readonly<Record<string, unknown>>, pin: string) {
    const httpAgent = new HttpAgent({ keepAlive: true, maxSockets: 8 });
    const httpsAgent = tlsAgent(tls, pin, true);
    this.freshAgents = { httpAgent: new HttpAgent(), httpsAgent: tlsAgent(tls, pin, false) };
    this.agents = [httpAgent, httpsAgent, this.freshAgents.httpAgent, this.freshAgents.httpsAgent];
    this.axios = axios.create({
      baseURL: baseUrl, httpAgent, httpsAgent, responseType: 'text', transformResponse: (data: unknown) => data,
      // A redirect would carry the token to another place.
      maxRedirects: 0, maxContentLength: LONGEST_ANSWER, validateStatus: () => true, headers: { Accept: 'application/json' },
      // A pinned server is ours, and a proxy's tunnel would leave the pin aside.
      ...(pin === '' ? {} : { proxy: false as const }),
    });
  }

  get host(): string {
    return new URL(this.baseUrl).host;
  }

  async send({ method, path, body, token, fresh }: HttpRequest): Promise<HttpAnswer> {
    const signal = AbortSignal.any([this.ending.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const answer = await this.axios.request<unknown>({
      method, url: path, signal, ...(fresh === true ? this.freshAgents : {}), ...(body === undefined ? {} : { data: body }),
      ...(token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } }),
    });
    const retryAfter: unknown = answer.headers['retry-after'];
    return { status: answer.status, text: typeof answer.data === 'string' ? answer.data : '', retryAfter: typeof retryAfter === 'string' ? retryAfter : null };
  }

  /** Ends everything under way. */
  close(): void {
    this.ending.abort();
    for (const agent of this.agents) agent.destroy();
  }

  get closed(): boolean {
    return this.ending.signal.aborted;
  }
}
