/** How much of a line's time is asked for. Pure. */
import { gapOf, isRtu, type LineSettings } from './line-settings';

/** What a device takes before it answers, where nothing was measured yet: 5 to 20 ms are usual on RS-485 (door-hardware 1.5). */
const TURNROUND_MS = { rtu: 10, tcp: 5 };

/** A poll as it will be sent again and again. */
export interface PlannedPoll {
  everyMs: number;
  /** Bytes that follow the function code in the request and in the answer. */
  requestBytes: number;
  answerBytes: number;
}

type Wire = Pick<LineSettings, 'transport' | 'baudRate' | 'dataBits' | 'parity' | 'stopBits' | 'gapMs'>;

/**
 * Milliseconds that one exchange takes: on RTU the characters on the wire (unit, function and check sum are added here),
 * the silence before and after, and the device's own time; elsewhere the device's time alone.
 */
export function exchangeMs(line: Wire, { requestBytes, answerBytes }: Omit<PlannedPoll, 'everyMs'>): number {
  if (!isRtu(line)) return TURNROUND_MS.tcp;
  const bitsPerByte = 1 + line.dataBits + (line.parity === 'none' ? 0 : 1) + line.stopBits;
  const wireMs = ((requestBytes + answerBytes + 8) * bitsPerByte * 1000) / line.baudRate;
  return wireMs + 2 * gapOf(line) + TURNROUND_MS.rtu;
}

/** Share of the line's time that these polls ask for: 1 is all there is, more is too much. */
export function plannedLoad(line: Wire, polls: readonly PlannedPoll[]): number {
  return polls.reduce((sum, poll) => sum + exchangeMs(line, poll) / poll.everyMs, 0);
}
