/** Login, sessions and how they end (suprema-api A2, E1, E2, C of A2: idle, kicked, forgotten). */
import { randomBytes } from 'node:crypto';
import type { Settings } from './setting';
import { no, ok, record, text, yes, type Call, type Reply } from './wire';

export class Sessions {
  readonly account = { login_id: 'svc-nodered', password: 'a-Secret-of-BioStar' };
  logins = 0;
  /** Every login is refused with this: 109 or 114 (address), 122 (second factor), 113 (locked)... */
  refusal: string | null = null;
  /** What `need_to_update_pw` of the login's answer says. */
  mustChangePassword = false;
  /** The code that a session gets which another login ended; the vendor leaves it open. */
  kickedCode: '10' | '11' = '10';
  private readonly open = new Map<string, number>();
  private readonly ended = new Map<string, '10' | '11'>();
  private failures = 0;

  constructor(private readonly settings: Settings, private readonly version: () => string) {}

  get count(): number {
    return this.open.size;
  }

  has(sid: string): boolean {
    return this.open.has(sid);
  }

  /** Null when the session is good; else the code of the 401. */
  refused(sid: string): '10' | '11' | null {
    const last = this.open.get(sid);
    if (last === undefined) return this.ended.get(sid) ?? '10';
    const now = Date.now();
    if (now - last > Number(this.settings.session_timeout) * 1000) {
      this.end(sid, '11');
      return '11';
    }
    this.open.set(sid, now);
    return null;
  }

  end(sid: string, code: '10' | '11'): void {
    if (this.open.delete(sid)) this.ended.set(sid, code);
  }

  endAll(code: '10' | '11'): void {
    for (const sid of [...this.open.keys()]) this.end(sid, code);
  }

  login(body: Call['body']): Reply {
    const user = record(body['User']);
    const security = this.settings.system_security;
    const locked = yes(security['use_allow_login_failed']) && this.failures >= Number(security['allow_login_failed_count']);
    if (this.refusal !== null) return no(this.refusal);
    if (locked) return no(113);
    if (text(user['login_id']) !== this.account.login_id || text(user['password']) !== this.account.password) {
      this.failures += 1;
      return no(101, { headers: { connection: 'close' } });
    }
    this.failures = 0;
    this.logins += 1;
    if (!yes(security['use_allow_simultaneous_connection'])) this.endAll(this.kickedCode);
    const sid = randomBytes(16).toString('hex');
    this.open.set(sid, Date.now());
    return ok(this.welcome(), { headers: { 'bs-session-id': sid, 'set-cookie': `bs-session-id=${sid}; Path=/; HttpOnly` } });
  }

  logout(sid: string): Reply {
    this.end(sid, '10');
    return ok();
  }

  private welcome(): Record<string, unknown> {
    const version = this.version();
    const module = Object.fromEntries(['User', 'Device', 'Door', 'AccessControl', 'Monitoring', 'Setting'].map((name) => [name, { read: true, write: true }]));
    return {
      User: {
        user_id: '1', name: 'Administrator', email: '', login_id: this.account.login_id,
        permission: { id: 1, name: 'Administrator', filter: { UserGroup: ['1'], DeviceGroup: ['1'], DoorGroup: ['1'] }, module },
        user_group_id: { id: 1, name: 'All Users' }, start_datetime: '2001-01-01T00:00:00.00Z', expiry_datetime: '2030-12-31T23:59:00.00Z',
        disabled: false, expired: false, card_count: 0, access_groups: [], need_to_update_pw: this.mustChangePassword,
      },
      version: { dbBiostarVersion: version, biostarVersion: version, isMatchVersion: true, notiPopupOpen: false },
    };
  }
}
