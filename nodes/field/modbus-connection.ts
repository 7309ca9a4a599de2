import ModbusRTU from 'modbus-serial';
import { McError } from '../credential/mc-error';
import type { LineSettings } from './line-settings';
import { answerInvalid, type ModbusRequest } from './modbus-pdu';

const CONNECT_MS = 3000;
const DESTROY_MS = 500;

/** What modbus-serial has and its types do not name. */
interface RawClient {
  isDebugEnabled: boolean;
  writeCustomFC(unit: number, functionCode: number, data: readonly number[], next: (error: RawError | null, answer?: { responses?: Uint8Array[] }) => void): void;
  destroy(done: () => void): void;
}

interface RawError { message?: string; name?: string; errno?: unknown; modbusCode?: number; modbusResponses?: Uint8Array[] }

/**
 * One connection of a line; a new one is made for each connect (modbus-serial keeps state from the former). Every
 * request goes out by its custom-function call, which takes the unit as an argument and any value, and is answered
 * from the raw bytes that its debug mode keeps: its own parsers hide what a device echoed (door-hardware 2.3).
 */
export class ModbusConnection {
  private readonly client = new ModbusRTU();
  private ended: McError | null = null;
  private readonly open = new Set<(error: McError) => void>();

  private constructor(private readonly settings: LineSettings, private readonly onEnd: () => void) {
    this.client.on('error', () => undefined);
    this.client.on('close', () => { this.end(lineDown('it was closed by the other side')); });
    this.raw.isDebugEnabled = true;
  }

  /** Rejects with LINE_DOWN. `onEnd` is called once when an open connection is over. */
  static async open(settings: LineSettings, onEnd: () => void): Promise<ModbusConnection> {
    const connection = new ModbusConnection(settings, onEnd);
    let timer: NodeJS.Timeout | undefined;
    try {
      await Promise.race([
        connection.connect(),
        new Promise((_, reject) => { timer = setTimeout(() => { reject(new Error('no connection in time')); }, CONNECT_MS); }),
      ]);
    } catch (cause) {
      connection.ended = lineDown('it was never up');
      await connection.destroy();
      throw lineDown(wordsOf(cause), cause);
    } finally {
      clearTimeout(timer);
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
    return new Promise<T>((resolve, reject) => {
      const settle = (finish: () => void): void => {
        if (this.open.delete(reject)) finish();
      };
      this.open.add(reject);
      this.raw.writeCustomFC(unit, request.functionCode, request.data, (error, answer) => {
        settle(() => {
          try {
            if (error !== null && error !== undefined && error.modbusCode === undefined && error.errno === 'ETIMEDOUT') throw timeout(unit, this.settings.timeoutMs);
            if (error?.errno === 'ECONNREFUSED') throw lineDown('it is closed');
            resolve(request.parse(answerOf(unit, request.functionCode, (answer?.responses ?? error?.modbusResponses)?.at(-1))));
          } catch (problem) {
            reject(problem instanceof McError ? problem : answerInvalid(wordsOf(problem), problem));
          }
        });
      });
    });
  }

  /** Ends it at once; what is open rejects with LINE_DOWN. */
  async close(): Promise<void> {
    this.end(lineDown('it was closed'));
    await this.destroy();
  }

  private end(error: McError): void {
    if (this.ended !== null) return;
    this.ended = error;
    for (const reject of [...this.open]) {
      this.open.delete(reject);
      reject(error);
    }
    this.onEnd();
  }

  private get raw(): RawClient {
    return this.client as unknown as RawClient;
  }

  private connect(): Promise<void> {
    const { transport, host, port, path, baudRate, dataBits, parity, stopBits } = this.settings;
    switch (transport) {
      case 'tcp': return this.client.connectTCP(host, { port });
      case 'udp': return this.client.connectUDP(host, { port });
      // Telnet is modbus-serial's name for RTU frames on a socket (door-hardware 2.1).
      case 'rtu-tcp': return this.client.connectTelnet(host, { port });
      case 'serial': return this.client.connectRTUBuffered(path, { baudRate, dataBits, parity, stopBits });
    }
  }

  /** Close waits for the peer; destroy does not, and even that gets a limit (door-hardware 2.3). */
  private async destroy(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      new Promise<void>((resolve) => {
        try {
          this.raw.destroy(resolve);
        } catch {
          resolve();
        }
      }),
      new Promise<void>((resolve) => { timer = setTimeout(resolve, DESTROY_MS); }),
    ]);
    clearTimeout(timer);
  }
}

/** What follows the function code, after unit and function were compared; an exception answer is LINE_EXCEPTION. */
function answerOf(unit: number, functionCode: number, frame: Uint8Array | undefined): Uint8Array {
  if (frame === undefined || frame.length < 4) throw answerInvalid('it is too short');
  if (frame[0] !== unit) throw answerInvalid(`unit ${frame[0] ?? 0} answered instead of unit ${unit}`);
  if (frame[1] === (functionCode | 0x80)) throw exceptionOf(unit, frame[2] ?? 0);
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
  return typeof code === 'string' ? code : String(message ?? 'unknown');
}
