/**
 * The thread of a store: everything that reads, writes or compacts its files happens here, away from the thread that
 * decides at doors. Started by StoreFiles, which asks; each question is answered once, with its number.
 */
import { parentPort } from 'node:worker_threads';
import { FileKeeper } from './file-keeper';
import { LoadStream } from './load-stream';
import { type Answer, type Call, plainError } from './thread-call';

const port = parentPort;
if (port === null) throw new Error('the store\'s thread is started by StoreFiles');

const load = new LoadStream((lines) => { port.postMessage({ lines }); });
const keeper = new FileKeeper(load, (health) => { port.postMessage({ health }); });

port.on('message', (message: Call | { loaded: true }) => {
  if ('loaded' in message) load.taken();
  else void answer(message);
});

async function answer({ id, call, input }: Call): Promise<void> {
  let said: Answer;
  try {
    said = { id, ok: true, result: await keeper.answer(call, input) };
  } catch (error) {
    said = { id, ok: false, error: plainError(error) };
  }
  port?.postMessage(said);
}
