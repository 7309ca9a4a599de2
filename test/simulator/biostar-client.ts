/** A plain client of the simulated BioStar: fetch and a WebSocket, and nothing that knows how the simulator works. */
import { WebSocket } from 'ws';

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  json: any;
  /** Code of the envelope, wherever it stands. */
  code: string;
}

export class Client {
  session = '';

  constructor(readonly port: number) {}

  static async open(port: number): Promise<Client> {
    const client = new Client(port);
    await client.login();
    return client;
  }

  async login(password = 'portal-to-door-demo', loginId = 'demo'): Promise<Reply> {
    const reply = await this.ask('POST', '/api/login', { User: { login_id: loginId, password } });
    this.session = reply.headers.get('bs-session-id') ?? this.session;
    return reply;
  }

  async ask(method: string, path: string, body?: unknown): Promise<Reply> {
    const form = body instanceof FormData;
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      method,
      headers: { ...(this.session === '' ? {} : { 'bs-session-id': this.session }), ...(body === undefined || form ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: form || typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    let json: any = null;
    try { json = JSON.parse(text); } catch { /* not every answer is JSON */ }
    return { status: response.status, headers: response.headers, text, json, code: json?.Response?.code ?? json?.code };
  }

  user(id: string, more: object = {}): Promise<Reply> {
    return this.ask('POST', '/api/users', { User: { ...person(id), ...more } });
  }

  /** Makes the card record; gives its internal id. */
  async card(number: string, type: 0 | 4 = 4): Promise<string> {
    const { json } = await this.ask('POST', '/api/cards', { CardCollection: { rows: [cardOf(number, type)] } });
    return json.CardCollection.rows[0].id as string;
  }

  mobile(userId: string, number: string, more: object = {}): Promise<Reply> {
    return this.ask('POST', '/api/v2/mobile', { MobileCollection: { mobile: { ...mobileOf(userId, number), ...more } } });
  }

  assign(userId: string, ...ids: string[]): Promise<Reply> {
    return this.ask('PUT', `/api/users/${userId}`, { User: { cards: ids.map((id) => ({ id })) } });
  }

  /** The documented four steps; gives the internal id. */
  async issue(userId: string, number: string): Promise<string> {
    await this.user(userId);
    const id = await this.card(number);
    await this.mobile(userId, number);
    await this.assign(userId, id);
    return id;
  }
}

export function person(id: string): Record<string, unknown> {
  return {
    user_id: id, name: `Person_${id}`, user_group_id: { id: '1' }, start_datetime: '2020-01-01T00:00:00.00Z', expiry_datetime: '2036-12-31T23:59:00.00Z',
    disabled: 'false', email: `user${id}@example.com`, access_groups: [{ id: '1' }],
  };
}

export function cardOf(number: string, type: 0 | 4): object {
  if (type === 0) return { card_id: number, card_type: { id: '0', type: '1' } };
  return {
    card_type: { id: '4', type: '4' }, card_id: number, display_card_id: number, isUserPhoto: false, isDepartment: false, isTitle: false,
    start_datetime: '2026-01-01T00:00:00.00Z', expiry_datetime: '2027-01-01T00:00:00.00Z',
  };
}

export function mobileOf(userId: string, number: string): object {
  return {
    user_id: [userId], name: [`Person_${userId}`], title: [null], department: [null], phone: [null], email: [`user${userId}@example.com`], portraitData: [null],
    card_id: [number], startDate: [1767225600000], endDate: [1798761600000], startTime: [978307200000], endTime: [1924991940000], issueCount: [1],
    duressMask: [null], useAlphanumericID: [0], cardAuthModeEx: [null], pin: [null], accessGroupId: [null], mobileCardType: ['4'],
  };
}

/** A socket at `/wsapi`: what it gets is put in a row. */
export class EventSocket {
  readonly frames: any[] = [];
  readonly closed: Promise<void>;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => { this.frames.push(JSON.parse((data as Buffer).toString())); });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.once('close', () => { resolve(); }));
  }

  static open(port: number, path = '/wsapi'): Promise<EventSocket> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
      const events = new EventSocket(socket);
      socket.once('open', () => { resolve(events); });
      socket.once('error', reject);
    });
  }

  get codes(): string[] {
    return this.frames.flatMap(({ Event: event }) => (event === undefined ? [] : [event.event_type_id.code as string]));
  }
}
