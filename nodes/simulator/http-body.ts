import type { IncomingMessage } from 'node:http';

/** A body that is longer than allowed. The rest of it is read and dropped, so that the client gets to read the answer. */
export class BodyTooLong extends Error {}

/** A body that its sender did not finish. Nobody is left to answer. */
export class BodyCut extends Error {}

/** How much more of a body that is too long is swallowed before the connection is cut. */
const SWALLOWED = 64 * 1024 * 1024;

/** The whole body. Rejects with BodyTooLong or BodyCut. */
export function readBody(request: IncomingMessage, longest: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= longest) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      reject(new BodyTooLong());
      if (length > longest + SWALLOWED) request.destroy();
    });
    request.on('end', () => { resolve(Buffer.concat(chunks)); });
    request.on('close', () => { reject(new BodyCut()); });
    request.on('error', () => { reject(new BodyCut()); });
  });
}
