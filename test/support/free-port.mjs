import { createServer } from 'node:net';

/** A port on loopback that nobody listens on: `preferred` where it is free, else one that the system picks. */
export async function freePort(preferred = 0) {
  return await open(preferred).catch(() => open(0));
}

function open(port) {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const { port: taken } = server.address();
      server.close(() => resolve(taken));
    });
  });
}
