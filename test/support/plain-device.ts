/**
 * A device in a process of its own that answers at once: Modbus/TCP reads (with zeros) and writes (with their echo) on
 * one port, and on another as many bytes as ten registers make, for each twelve. Prints its ports; ends with its input.
 */
import { createServer, type AddressInfo, type Server } from 'node:net';
import { answerTo } from './plain-answer';

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => { server.listen(0, '127.0.0.1', () => { resolve((server.address() as AddressInfo).port); }); });
}

async function main(): Promise<void> {
  const modbus = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      for (let at = 0; at + 12 <= data.length; at += 12) socket.write(answerTo(data.subarray(at, at + 12)));
    });
  });
  const echo = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    const answer = Buffer.alloc(29);
    socket.on('data', (data) => { for (let at = 0; at + 12 <= data.length; at += 12) socket.write(answer); });
  });
  console.log(JSON.stringify({ modbus: await listen(modbus), echo: await listen(echo) }));
  process.stdin.on('end', () => { process.exit(0); }).resume();
}

void main();
