import type { ModbusRequest } from './modbus-pdu';

/** Told of each piece of bytes that came while nothing was asked. */
export type ByteListener = (bytes: Buffer) => void;

export interface ConnectionEvents {
  /** Called once when an open connection is over. */
  onEnd(): void;
  /** RTU only. */
  onStray: ByteListener;
}

/** One connection of a line; a new one is made for each connect. */
export interface Connection {
  readonly isEnded: boolean;
  /** Rejects with LINE_TIMEOUT, LINE_EXCEPTION, ANSWER_INVALID or LINE_DOWN; settles once, also when the line ends. */
  exchange<T>(unit: number, request: ModbusRequest<T>): Promise<T>;
  /** Ends it at once; what is open rejects with LINE_DOWN. */
  close(): Promise<void>;
}
