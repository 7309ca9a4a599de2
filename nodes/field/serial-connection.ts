import ModbusRTU from 'modbus-serial';
import { McError } from '../credential/mc-error';
import type { ByteListener, Connection, ConnectionEvents } from './connection';
import { isRtu, type LineSettings } from './line-settings';
import { answerOf, lineDown, noAnswer, wordsOf } from './modbus-answer';
import { answerInvalid, type ModbusRequest } from './modbus-pdu';
import { addressOf, connectedSocket } from './modbus-socket';

const DESTROY_MS = 500;
/** At the end of each frame, also of those of UDP, where modbus-serial adds them. */
const CHECK_SUM_BYTES = 2;

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

interface RawError { message?: string; errno?: unknown; modbusCode?: number; modbusResponses?: Uint8Array[] }

/**
 * RTU, on a serial port or a socket, and UDP, by modbus-serial; a new client for each connect (it keeps state from the
 * former). Every request goes out by its custom-function call, which takes the unit as an argument and any value, and is answered
 * from the raw bytes that its debug mode keeps: its own parsers hide what a device echoed (door-hardware 2.3).
 *
 * Sockets are our own: modbus-serial tells of no end after a reset, and cannot give up a connect that hangs.
 */
export class SerialConnection implements Connection {
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

  /** Rejects with the system's error, or when `signal` gives it up. */
  static async open(settings: LineSettings, events: ConnectionEvents, signal: AbortSignal): Promise<SerialConnection> {
    const connection = new SerialConnection(settings, events);
    try {
      await connection.connect(signal);
    } catch (cause) {
      connection.ended = lineDown('it was never up');
      await connection.destroy();
      throw cause;
    }
    connection.client.setTimeout(settings.timeoutMs);
    return connection;
  }

  get isEnded(): boolean {
    return this.ended !== null;
  }

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

  async close(): Promise<void> {
    this.end(lineDown('it was closed'));
    await this.destroy();
  }

  private valueOf<T>(unit: number, request: ModbusRequest<T>, error: RawError | null, frame: Uint8Array | undefined): T {
    if (error?.errno === 'ETIMEDOUT') throw noAnswer(unit, this.settings.timeoutMs);
    if (error?.errno === 'ECONNREFUSED') {
      const down = lineDown('it is closed');
      this.end(down);
      throw down;
    }
    if (error?.message === 'CRC error') throw answerInvalid('its check sum is wrong');
    if (this.datagramInvalid) throw answerInvalid('its datagram is cut or too long');
    const value = request.parse(answerOf(unit, request.functionCode, frame?.subarray(0, -CHECK_SUM_BYTES)));
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
      case 'tcp': throw new Error('Modbus/TCP has a connection of its own');
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
    socket.on('data', this.onBytes);
    // Telnet is modbus-serial's name for RTU frames on a socket (door-hardware 2.1).
    await this.client.linkTelnet(socket, {});
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
