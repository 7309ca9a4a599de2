import type { Agent } from 'node:http';
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import axios, { type AxiosInstance, type AxiosProxyConfig } from 'axios';
import type { Certificates } from './connection';
import { proxyFor } from './proxy-for';
import { type ConnectionStyle, FOR_READS, FOR_WRITES, siteAgent } from './site-agent';
import { type Progress, transportFailure, type TransportFailure } from './transport-error';

/** From asking for a connection to the last byte in: a server that drips is over too. */
const TIMEOUT_MS = 10_000;
/** After unpacking. A page of a list with a thousand rows has some hundred kilobytes. */
const LONGEST_ANSWER = 20 * 1024 * 1024;

export interface HttpRequest {
  method: string;
  /** Path and query, after the base; begins with a slash. */
  path: string;
  body?: unknown;
  /** Of the session, or of the body's kind. */
  headers?: Readonly<Record<string, string>>;
  /** Changes something at the site: never on a connection that has lain idle (FOR_WRITES). */
  changes?: boolean;
}

export interface HttpAnswer {
  status: number;
  text: string;
  /** Of the answer, names in small letters. */
  headers: Readonly<Record<string, string>>;
}

/** An answer of whatever status, or why there is none. */
export type Exchange = { ok: true; answer: HttpAnswer } | ({ ok: false } & TransportFailure);

export interface HttpOptions {
  certificates?: Certificates;
  /** SHA-256 of the server's certificate in lower-case hexadecimal, or ''. */
  pin?: string;
  /** True: the certificate is not looked at. Only where an integrator says so, and shown in red. */
  unverified?: boolean;
  timeoutMs?: number | undefined;
}

/** HTTP to one base URL. Never rejects, never takes longer than its limit, never follows anywhere. */
export class HttpClient {
  readonly host: string;
  private readonly axios: AxiosInstance;
  private readonly forReads: Agent;
  private readonly forWrites: Agent;
  private readonly timeoutMs: number;
  private readonly style: ConnectionStyle;
  private readonly underWay = new Set<AbortController>();
  private isClosed = false;

  /** Throws CONFIG_INVALID where the environment names a proxy that is none. */
  constructor(private readonly baseUrl: string, { certificates = {}, pin = '', unverified = false, timeoutMs = TIMEOUT_MS }: HttpOptions = {}) {
    const url = new URL(baseUrl);
    const isSecure = url.protocol === 'https:';
    const proxy = proxyFor(url, process.env);
    const style = { tls: isSecure ? { certificates, pin, unverified } : null, proxy: isSecure ? proxy : null, timeoutMs };
    this.host = url.host;
    this.style = style;
    this.timeoutMs = timeoutMs;
    this.forReads = siteAgent(isSecure, style, FOR_READS);
    this.forWrites = siteAgent(isSecure, style, FOR_WRITES);
    this.axios = axios.create({
      responseType: 'text', transformResponse: (data: unknown) => data, validateStatus: () => true,
      // A redirect would carry the token to another place.
      maxRedirects: 0, maxContentLength: LONGEST_ANSWER,
      // A tunnel is made by our agents, which compare the certificate behind it.
      proxy: isSecure || proxy === null ? false : forwarding(proxy),
      headers: { Accept: 'application/json', 'User-Agent': 'node-red-mobile-credential' },
    });
  }

  get closed(): boolean {
    return this.isClosed;
  }

  async send({ method, path, body, headers: sent = {}, changes = false }: HttpRequest): Promise<Exchange> {
    const progress: Progress = { left: false, answered: false, timedOut: false, closed: this.isClosed, error: null };
    if (this.isClosed) return { ok: false, ...transportFailure(null, progress, this.host) };
    const ending = new AbortController();
    const timer = setTimeout(() => {
      progress.timedOut = true;
      ending.abort();
    }, this.timeoutMs);
    this.underWay.add(ending);
    const agent = changes ? this.forWrites : this.forReads;
    try {
      const { status, data, headers } = await this.axios.request<unknown>({
        // The whole address: axios would take a path that begins with two slashes for another host.
        url: this.baseUrl + path, method, signal: ending.signal, httpAgent: agent, httpsAgent: agent, transport: watched(progress),
        ...(body === undefined ? {} : { data: body }),
        headers: { ...sent },
      });
      const came = Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
      return { ok: true, answer: { status, text: typeof data === 'string' ? data : '', headers: came } };
    } catch (error) {
      progress.closed = this.isClosed;
      return { ok: false, ...transportFailure(error, progress, this.host) };
    } finally {
      clearTimeout(timer);
      this.underWay.delete(ending);
    }
  }

  /** For a WebSocket to the same server: its address, and an agent that trusts as this client does. */
  socketTo(path: string): { url: string; agent: Agent } {
    const url = new URL(this.baseUrl);
    const isSecure = url.protocol === 'https:';
    return { url: `${isSecure ? 'wss' : 'ws'}://${url.host}${url.pathname.replace(/\/+$/, '')}${path}`, agent: siteAgent(isSecure, this.style, { idleMs: 0, most: 8 }) };
  }

  /** Ends everything under way; later requests fail at once. */
  close(): void {
    this.isClosed = true;
    for (const ending of this.underWay) ending.abort();
    this.forReads.destroy();
    this.forWrites.destroy();
  }
}

/** Node's own client, and a note of how far a request came. */
function watched(progress: Progress): { request: (options: RequestOptions, done: (answer: IncomingMessage) => void) => ClientRequest } {
  return {
    request: (options, done) => {
      const request = (options.protocol === 'https:' ? httpsRequest : httpRequest)(options, done);
      request.once('socket', () => { progress.left = true; });
      request.once('response', () => { progress.answered = true; });
      request.once('error', (error) => { progress.error ??= error; });
      return request;
    },
  };
}

function forwarding(proxy: URL): AxiosProxyConfig {
  return {
    protocol: proxy.protocol, host: proxy.hostname, port: Number(proxy.port) || (proxy.protocol === 'https:' ? 443 : 80),
    ...(proxy.username === '' ? {} : { auth: { username: decodeURIComponent(proxy.username), password: decodeURIComponent(proxy.password) } }),
  };
}
