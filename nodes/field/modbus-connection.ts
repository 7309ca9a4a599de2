import ModbusRTU from 'modbus-serial';
import { McError } from '../credential/mc-error';
import { isRtu, type LineSettings } from './line-settings';
import { answerInvalid, type ModbusRequest } from './modbus-pdu';
import { addressOf, connectedSocket } from './modbus-socket';

const DESTROY_MS = 500;

/** What modbus-serial has and its types do not name. Its version is pinned; each use is covered by a test. */
interface RawClient {
  isDebugEnabled: boolean;
  writeCustomFC(unit: number, functionCode: number, data: readonly number[], next: (error: RawError | null, answer?: { responses?: Uint8Array[] }) => void): void;
  _port?: { _buffer?: Buffer; _client?: RawDatagrams & RawBytes };
}

interface RawBytes { prependListener(event: 'data', listener: ByteListener): void }

interface RawDatagrams {
  on(event: 'error', listener: (error: Error) => void): void;
  prependListener(event: 'message', listener: (datagram: Buffer) => void): void;
}

/** Told of each piece of bytes that came while nothing was asked. */
export type ByteListener = (bytes: Buffer) => void;

export interface ConnectionEvents {
  /** Called once when an open connection is over. */
  onEnd(): void;
  /** RTU only. */
  onStray: ByteListener;
}

interface RawError { message?: string; errno?: unknown; modbusCode?: number; modbusResponses?: Uint8Array[] }

/**
 * One connection of a line; a new one is made for each connect (modbus-serial keeps state from the former). Every
 * request goes out by its custom-function call, which takes the unit as an argument and any value, and is answered
 * from the raw bytes that its debug mode keeps: its own parsers hide what a device echoed (door-hardware 2.3).
 *
 * Sockets are our own: modbus-serial tells of no end after a reset, and cannot give up a connect that hangs.
 */
export class ModbusConnection {
  private readonly client = new ModbusRTU();
  private readonly open = new Set<(error: McError) => void>();
  private ended: McError | null = null;
  private datagramInvalid = false;
  private release: () => void | Promise<void> = () => undefined;

  private constructor(private readonly settings: LineSettings, private readonly events: ConnectionEvents) {
    this.client.on('error', () => undefined);
    this.client.on('close', () => { this.end(lineDown('it was closed by the other side')); });
    this.raw.isDebugEnabled = true;
  }

  /** Rejects with LINE_DOWN after `connectMs` at the latest, also when `signal` gives it up. */
  static async open(settings: LineSettings, events: ConnectionEvents, connectMs: number, signal: AbortSignal): Promise<ModbusConnection> {
    const connection = new ModbusConnection(settings, events);
    try {
      await connection.connect(AbortSignal.any([signal, AbortSignal.timeout(connectMs)]));
    } catch (cause) {
      connection.ended = lineDown('it was never up');
      await connection.destroy();
      throw lineDown(wordsOf(cause), cause);
    }
    connection.client.setTimeout(settings.timeoutMs);
    return connection;
  }

  get isEnded(): boolean {
    return this.ended !== null;
  }

  /** Rejects with LINE_TIMEOUT, LINE_EXCEPTION, ANSWER_INVALID or LINE_DOWN; settles once, also when the line ends. */
  exchange<T>(unit: number, request: ModbusRequest<T>): Promise<T> {
    if (this.ended !== null) return Promise.reject(this.ended);
    this.forgetLeftovers();
    return new Promise<T>((resolve, reject) => {
      this.open.add(reject);
      this.raw.writeCustomFC(unit, request.functionCode, request.data, (error, answer) => {
        if (!this.open.delete(reject)) return;
        try {
          resolve(this.valueOf(unit, request, error ?? null, (answer?.responses ?? error?.modbusResponses)?.at(-1)));
        } catch (problem) {
          reject(problem instanceof McError ? problem : answerInvalid(wordsOf(problem), problem));
        }
      });
    });
  }

  /** Ends it at once; what is open rejects with LINE_DOWN. */
  async close(): Promise<void> {
    this.end(lineDown('it was closed'));
    await this.destroy();
  }

  private valueOf<T>(unit: number, request: ModbusRequest<T>, error: RawError | null, frame: Uint8Array | undefined): T {
    if (error?.errno === 'ETIMEDOUT') throw timeout(unit, this.settings.timeoutMs);
    if (error?.errno === 'ECONNREFUSED') {
      const down = lineDown('it is closed');
      this.end(down);
      throw down;
    }
    if (error?.message === 'CRC error') throw answerInvalid('its check sum is wrong');
    if (this.datagramInvalid) throw answerInvalid('its datagram is cut or too long');
    const value = request.parse(answerOf(unit, request.functionCode, frame));
    // Whatever else modbus-serial minded: an answer with an error is never a value.
    if (error !== null) throw answerInvalid(wordsOf(error));
    return value;
  }

  private end(error: McError): void {
    if (this.ended !== null) return;
    this.ended = error;
    for (const reject of [...this.open]) {
      this.open.delete(reject);
      reject(error);
    }
    this.events.onEnd();
  }

  private readonly onBytes = (bytes: Buffer): void => {
    if (this.open.size === 0) this.events.onStray(bytes);
  };

  private get raw(): RawClient {
    return this.client as unknown as RawClient;
  }

  private async connect(signal: AbortSignal): Promise<void> {
    const { transport, path, baudRate, dataBits, parity, stopBits } = this.settings;
    switch (transport) {
      case 'tcp':
      case 'rtu-tcp': return this.connectSocket(signal);
      case 'udp': return this.connectDatagrams(signal);
      case 'serial':
        // Its destroy does nothing on a serial port, so the port would stay taken.
        this.release = () => new Promise((resolve) => { this.client.close(() => { resolve(); }); });
        await this.client.connectRTUBuffered(path, { baudRate, dataBits, parity, stopBits });
        this.raw._port?._client?.prependListener('data', this.onBytes);
    }
  }

  private async connectSocket(signal: AbortSignal): Promise<void> {
    const socket = await connectedSocket(this.settings.host, this.settings.port, signal);
    this.release = () => { socket.destroy(); };
    socket.on('close', () => { this.end(lineDown('it was closed by the other side')); });
    if (isRtu(this.settings)) socket.on('data', this.onBytes);
    // Telnet is modbus-serial's name for RTU frames on a socket (door-hardware 2.1).
    await (this.settings.transport === 'tcp' ? this.client.linkTCP(socket, { port: this.settings.port }) : this.client.linkTelnet(socket, {}));
    if (socket.destroyed) throw new Error('closed at once');
  }

  private async connectDatagrams(signal: AbortSignal): Promise<void> {
    // Its port compares the sender with the text it was given, so a name would never match.
    const address = await addressOf(this.settings.host, signal);
    this.release = () => new Promise((resolve) => { this.client.close(() => { resolve(); }); });
    await this.client.connectUDP(address, { port: this.settings.port });
    const datagrams = this.raw._port?._client;
    // Without a listener a failed send would end the whole process.
    datagrams?.on('error', (error) => { this.end(lineDown(wordsOf(error), error)); });
    // Its port fills up a datagram that was cut with zeros: look at the length before it does.
    datagrams?.prependListener('message', (datagram) => {
      this.datagramInvalid = datagram.length < 8 || datagram.length !== 6 + datagram.readUInt16BE(4);
    });
    // It says that it is open before it is.
    while (!this.client.isOpen) {
      signal.throwIfAborted();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** What the RTU ports kept of earlier frames (a duplicate, noise) would be taken for the next answer. */
  private forgetLeftovers(): void {
    const port = this.raw._port;
    if (isRtu(this.settings) && port?._buffer !== undefined) port._buffer = Buffer.alloc(0);
  }

  /** Never waits for the peer (door-hardware 2.3), and even so gets a limit. */
  private async destroy(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => { timer = setTimeout(resolve, DESTROY_MS); });
    try {
      await Promise.race([this.release(), limit]);
    } catch {
      // What cannot be closed is closed already.
    } finally {
      clearTimeout(timer);
    }
  }
}

/** What follows the function code, after unit and function were compared; an exception answer is LINE_EXCEPTION. */
function answerOf(unit: number, functionCode: number, frame: Uint8Array | undefined): Uint8Array {
  if (frame === undefined || frame.length < 4) throw answerInvalid('it is too short');
  if (frame[0] !== unit) throw answerInvalid(`unit ${frame[0] ?? 0} answered instead of unit ${unit}`);
  if (frame[1] === (functionCode | 0x80)) {
    if (frame.length !== 5) throw answerInvalid('an exception has another length');
    throw exceptionOf(unit, frame[2] ?? 0);
  }
  if (frame[1] !== functionCode) throw answerInvalid(`function ${frame[1] ?? 0} was answered instead of ${functionCode}`);
  return frame.subarray(2, frame.length - 2);
}

const EXCEPTIONS: Readonly<Record<number, string>> = {
  1: 'it does not know the function', 2: 'it has no such address', 3: 'it refuses the value', 4: 'it failed', 5: 'it is still working on it',
  6: 'it is busy', 10: 'the gateway has no path to it', 11: 'the gateway got no answer from it',
};

function exceptionOf(unit: number, exception: number): McError {
  const words = EXCEPTIONS[exception] ?? 'it gave no known reason';
  return new McError('LINE_EXCEPTION', `Unit ${unit} refused with Modbus exception ${exception}: ${words}. Check unit and profile.`, { exception });
}

function timeout(unit: number, timeoutMs: number): McError {
  return new McError('LINE_TIMEOUT', `Unit ${unit} did not answer within ${timeoutMs} ms. Check its address, its power and the wiring.`);
}

export function lineDown(why: string, cause?: unknown): McError {
  return new McError('LINE_DOWN', `The line is down: ${why}. It is tried again by itself; check the address and the cable.`, { cause });
}

function wordsOf(problem: unknown): string {
  const { message, code } = problem as { message?: unknown; code?: unknown };
  if (typeof code === 'string') return code;
  return typeof message === 'string' ? message : 'unknown';
}
