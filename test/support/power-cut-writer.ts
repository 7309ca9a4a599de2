/**
 * A process that writes to a folder until it is killed. Arguments: folder, mode. Prints `open` with its process ID and
 * then the number of each acknowledged write.
 *   store: our store, eight writers at a time, batches of three documents, large ones so that it compacts often
 *   no-sync: appends to a file and acknowledges what is only in the page cache
 *   no-folder-sync: syncs each new file, renames it, and acknowledges a name that is only in the page cache
 */
import { appendFile, open, rename } from 'node:fs/promises';
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { NedbStore } from '../../nodes/store/nedb-store';
import { cutBatch } from './power-cut-check';

const WRITERS = 8;

async function writeToStore(folder: string): Promise<void> {
  const store = await NedbStore.open(folder, { id: 'writer', waitMs: 0 });
  writeSync(1, `open ${process.pid}\n`);
  let next = 0;
  await Promise.all(Array.from({ length: WRITERS }, async () => {
    for (;;) {
      const mine = next++;
      await store.write(cutBatch(mine));
      writeSync(1, `${mine}\n`);
    }
  }));
}

async function writeCarelessly(keep: (number: number) => Promise<void>): Promise<void> {
  writeSync(1, `open ${process.pid}\n`);
  for (let number = 0; ; number += 1) {
    await keep(number);
    writeSync(1, `${number}\n`);
    // The sync of the next file would bring the last name onto the disk by chance: ext4 has one journal for all.
    await wait(10);
  }
}

async function renamed(folder: string, number: number): Promise<void> {
  const file = await open(join(folder, `${number}.tmp`), 'w');
  await file.write(`${number}\n`);
  await file.sync();
  await file.close();
  await rename(join(folder, `${number}.tmp`), join(folder, String(number)));
}

async function main(): Promise<void> {
  const [folder = '', mode = ''] = process.argv.slice(2);
  if (mode === 'store') await writeToStore(folder);
  else if (mode === 'no-sync') await writeCarelessly((number) => appendFile(join(folder, 'log'), `${number}\n`));
  else await writeCarelessly((number) => renamed(folder, number));
}

main().catch((error: unknown) => {
  writeSync(1, `failed ${String(error)}\n`);
  process.exitCode = 1;
});
