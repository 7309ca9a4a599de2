import { isMcError, type McError } from '../credential/mc-error';
import { LineRetry } from './line-retry';
import type { LineSettings } from './line-settings';
import type { ByteListener, Connection } from './connection';
import { lineDown } from './modbus-answer';
import { openConnection } from './open-connection';
import type { ModbusRequest } from './modbus-pdu';

/** A line that was taken for dead and answers within this time was not. */
const FALSE_ALARM_MS = 1000;

export type LineState = 'connecting' | 'up' | 'down';

/** A read that was answered lately, to be asked again. */
export interface Probe {
  unit: number;
  request: ModbusRequest<unknown>;
}

export interface LinkEvents {
  onState(state: LineState, error: McError | null): void;
  /** Bytes that nobody asked for. */
  onStray: ByteListener;
  /** Reads that show whether the devices are there; the best first. */
  probes(): readonly Probe[];
  /** Resolves when something may be sent. */
  quiet(): Promise<void>;
  /** The line was taken for dead and was not. */
  onFalseAlarm(): void;
}

/**
 * Keeps a line connected: a lost one is tried again at once, then in jittered growing pauses, for ever. After a silence
 * only an answer counts as its return: some hosts take connections while nobody is at home.
 */
export class LineLink {
  private current: Connection | null = null;
  private onTrial: Connection | null = null;
  private connecting: { done: Promise<void>; giveUp: AbortController } | null = null;
  private wanted = false;
  private timer: NodeJS.Timeout | undefined;
  private silentSince: number | null = null;
  private readonly retry = new LineRetry();

  constructor(private readonly settings: LineSettings, private readonly events: LinkEvents) {}

  /** The connection while it is up. */
  get connection(): Connection | null {
    return this.current;
  }

  get isWanted(): boolean {
    return this.wanted;
  }

  open(): void {
    this.wanted = true;
    this.events.onState('connecting', null);
    this.connect();
  }

  /** Ends within two seconds, also towards a peer that says nothing. */
  async close(): Promise<void> {
    this.wanted = false;
    clearTimeout(this.timer);
    const { current, onTrial } = this;
    this.current = null;
    this.connecting?.giveUp.abort();
    await Promise.all([current?.close(), onTrial?.close()]);
    await this.connecting?.done;
  }

  /** The line answers: the next loss is a new one. */
  answered(): void {
    this.retry.answered();
  }

  /** Takes the connection for dead though nobody ended it. */
  drop(): void {
    const { current } = this;
    if (current === null) return;
    this.silentSince = performance.now();
    this.lose(current, lineDown('nothing answers on it any more'));
    void current.close();
  }

  private connect(): void {
    const giveUp = new AbortController();
    const done = this.connectNow(giveUp.signal).finally(() => { this.connecting = null; });
    this.connecting = { done, giveUp };
  }

  private async connectNow(signal: AbortSignal): Promise<void> {
    try {
      let mine: Connection | null = null;
      const connection = await openConnection(this.settings, {
        onEnd: () => { if (mine !== null && this.current === mine) this.lose(mine, lineDown('the connection ended')); },
        onStray: this.events.onStray,
      }, this.retry.connectMs(), signal);
      mine = connection;
      if (this.wanted && this.silentSince !== null) await this.prove(connection);
      if (!this.wanted) {
        await connection.close();
        return;
      }
      if (connection.isEnded) throw lineDown('the connection ended at once');
      this.silentSince = null;
      this.current = connection;
      this.events.onState('up', null);
    } catch (error) {
      if (this.wanted) this.again(error as McError);
    }
  }

  /** Rejects, and ends the connection, unless one of the devices that answered lately answers. */
  private async prove(connection: Connection): Promise<void> {
    this.onTrial = connection;
    try {
      const probes = this.events.probes();
      for (const { unit, request } of probes) {
        await this.events.quiet();
        try {
          await connection.exchange(unit, request);
          break;
        } catch (error) {
          if (isMcError(error, 'LINE_EXCEPTION', 'ANSWER_INVALID')) break;
          if (connection.isEnded || unit === probes.at(-1)?.unit) throw error;
        }
      }
      this.retry.answered();
      if (performance.now() - (this.silentSince ?? 0) < FALSE_ALARM_MS) this.events.onFalseAlarm();
    } catch (error) {
      await connection.close();
      throw error;
    } finally {
      this.onTrial = null;
    }
  }

  private lose(connection: Connection, error: McError): void {
    if (this.current !== connection) return;
    this.current = null;
    this.again(error);
  }

  private again(error: McError): void {
    const pauseMs = this.retry.pauseMs(performance.now(), this.silentSince !== null && isMcError(error, 'LINE_TIMEOUT'));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.connect(); }, pauseMs);
    this.events.onState('down', error);
  }
}
