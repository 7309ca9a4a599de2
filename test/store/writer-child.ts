/**
 * A process that opens a store and writes until it is killed. Arguments: folder, mode. Prints `open` and then the
 * number of each acknowledged write.
 *   many: eight writers at a time, batches of three documents, and large ones so that the journal is compacted often
 *   hold: opens and waits
 */
import { writeSync } from 'node:fs';
import { isMcError } from '../../nodes/credential/mc-error';
import { NedbStore } from '../../nodes/store/nedb-store';
import { batchOf } from './fixtures';

async function main(): Promise<void> {
  const [folder = '', mode = 'many'] = process.argv.slice(2);
  const store = await NedbStore.open(folder, { id: 'child', waitMs: 0 });
  writeSync(1, 'open\n');
  if (mode === 'hold') {
    setInterval(() => undefined, 1000);
    return;
  }
  let next = [...store.all('cursors')].length;
  const writer = async (): Promise<void> => {
    for (;;) {
      const mine = next++;
      await store.write(batchOf(mine));
      writeSync(1, `${mine}\n`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, writer));
}

main().catch((error: unknown) => {
  writeSync(1, `failed ${isMcError(error) ? error.code : String(error)}\n`);
  process.exitCode = 1;
});
