import type { AddressInfo, Server, Socket } from 'node:net';
import { McError } from '../credential/mc-error';

/** A server on loopback that can be ended at once, whatever its clients do. */
export class Listening {
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  /**
   * Listens on 127.0.0.1; port 0 takes a free one. Rejects with PORT_IN_USE or CONFIG_INVALID, and then nothing is open.
   * @param setting name of the property that holds the port
   */
  static async on(server: Server, port: number, setting: 'httpPort' | 'modbusPort'): Promise<Listening> {
    const listening = new Listening(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
        server.off('error', reject);
        resolve();
      });
    }).catch((error: unknown) => { throw refusal(error, port, setting); });
    // A socket that fails while it is accepted is the client's loss, not the end of the runtime.
    server.on('error', () => undefined);
    return listening;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Ends every connection now and frees the port. */
  async end(): Promise<void> {
    const closed = new Promise<void>((resolve) => { this.server.close(() => { resolve(); }); });
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

function refusal(error: unknown, port: number, setting: string): McError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new McError('PORT_IN_USE', `Port ${port} is in use: set ${setting} to another one, or end what uses it.`, { cause: error });
  }
  return new McError('CONFIG_INVALID', `Port ${port} cannot be opened (${code ?? 'unknown reason'}): set ${setting} to another one, above 1023.`, { cause: error });
}
