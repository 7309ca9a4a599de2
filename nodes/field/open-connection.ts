import type { Connection, ConnectionEvents } from './connection';
import type { LineSettings } from './line-settings';
import { lineDown, wordsOf } from './modbus-answer';
import { SerialConnection } from './serial-connection';
import { TcpConnection } from './tcp-connection';

/** Rejects with LINE_DOWN after `connectMs` at the latest, also when `signal` gives it up. */
export async function openConnection(settings: LineSettings, events: ConnectionEvents, connectMs: number, signal: AbortSignal): Promise<Connection> {
  const giveUp = AbortSignal.any([signal, AbortSignal.timeout(connectMs)]);
  try {
    return await (settings.transport === 'tcp' ? TcpConnection.open(settings, events, giveUp) : SerialConnection.open(settings, events, giveUp));
  } catch (cause) {
    throw lineDown(wordsOf(cause), cause);
  }
}
