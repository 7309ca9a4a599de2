import { lookup } from 'node:dns/promises';
import { connect, type Socket } from 'node:net';

/** The system probes a connection on which nothing is said after so long. */
const KEEP_ALIVE_MS = 5000;

/** A TCP connection that is up. Rejects with the system's error, or when `signal` gives it up. */
export function connectedSocket(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
    // Errors are followed by "close", which is what counts; the listener stays, or a late one would end the process.
    socket.on('error', (error) => { done(error); });
    const giveUp = (): void => { done(reasonOf(signal)); };
    const done = (error: Error | null): void => {
      signal.removeEventListener('abort', giveUp);
      if (error === null) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(error);
    };
    signal.addEventListener('abort', giveUp, { once: true });
    socket.once('connect', () => { done(null); });
    if (signal.aborted) giveUp();
  });
}

/** The IPv4 address of a host. */
export async function addressOf(host: string, signal: AbortSignal): Promise<string> {
  let giveUp: () => void = () => undefined;
  const givenUp = new Promise<never>((_, reject) => {
    giveUp = () => { reject(reasonOf(signal)); };
    signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    return (await Promise.race([lookup(host, { family: 4 }), givenUp])).address;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

function reasonOf(signal: AbortSignal): Error {
  return new Error(signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError' ? 'no connection in time' : 'it was given up');
}
