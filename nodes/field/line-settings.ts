/** Settings of a physical line, numbers parsed and defaults applied. */
export interface LineSettings {
  /** `tcp` = Modbus/TCP, `rtu-tcp` = RTU frames through a transparent serial server, `serial` = RS-485/232. */
  transport: 'tcp' | 'rtu-tcp' | 'udp' | 'serial';
  host: string;
  port: number;
  /** Serial device. */
  path: string;
  baudRate: number;
  dataBits: 7 | 8;
  parity: 'none' | 'even' | 'odd';
  stopBits: 1 | 2;
  timeoutMs: number;
  /** Pause between two requests; null = what the transport needs (3.5 characters on RTU, none on TCP). */
  gapMs: number | null;
  /** Requests outstanding at once; RTU lines always have one. */
  maxInFlight: number;
}

export function isRtu({ transport }: Pick<LineSettings, 'transport'>): boolean {
  return transport === 'serial' || transport === 'rtu-tcp';
}

/** 3.5 characters of 11 bits, and never under 1.75 ms, as the serial line standard has it above 19,200 baud. */
export function gapOf(settings: Pick<LineSettings, 'transport' | 'baudRate' | 'gapMs'>): number {
  if (settings.gapMs !== null) return settings.gapMs;
  return isRtu(settings) ? Math.max(1.75, (3.5 * 11 * 1000) / settings.baudRate) : 0;
}
