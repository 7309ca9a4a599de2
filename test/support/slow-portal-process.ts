/** A portal in a process of its own that answers each request after `argv[2]` milliseconds. Prints its port, and its books on a line. */
import { createServer } from 'node:http';
import { PlainPortal } from '../support/plain-portal';

async function main(): Promise<void> {
  const portal = new PlainPortal();
  portal.credits = 1_000_000;
  portal.pageSize = 1000;
  const inner = await portal.start();
  const latencyMs = Number(process.argv[2] ?? '20');
  const { request } = await import('node:http');
  const outer = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      setTimeout(() => {
        const on = request({ port: inner, host: '127.0.0.1', method: req.method, path: req.url, headers: req.headers }, (answer) => {
          res.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(res);
        });
        on.end(Buffer.concat(chunks));
      }, latencyMs);
    });
  });
  outer.listen(0, '127.0.0.1', () => {
    const address = outer.address();
    if (typeof address === 'object' && address !== null) process.send?.({ port: address.port });
  });
  process.on('message', () => process.send?.({ cards: portal.cards.length, spent: 1_000_000 - portal.credits }));
}

void main();
