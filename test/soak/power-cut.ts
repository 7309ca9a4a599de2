/** Many power cuts, both ways. Ends with exit code 1 where anything acknowledged was lost, or where neither way works. */
import { cutCareless, cutStore } from '../support/power-cut';
import { cutRecorded, mostLost, record } from '../support/power-cut-cuts';
import { CutDisk } from '../support/power-cut-image';
import { canRecord } from '../support/power-cut-trace';
import { seededRandom, seedOfRun } from '../support/seeded-random';
import { soakLine } from '../support/soak-line';

const WRITERS = 30;
/** A writer fills the small disk in some ten seconds. */
const CUTS_A_WRITER = 6;
const RECORDS = 10;
const CUTS_A_RECORD = 100;

async function onImages(random: () => number): Promise<boolean> {
  let [cuts, acknowledged] = [0, 0];
  for (let writer = 0; writer < WRITERS; writer += 1) {
    const disk = await CutDisk.make();
    if (disk === null) return false;
    try {
      const result = await cutStore(disk, CUTS_A_WRITER, random);
      cuts += result.cuts;
      acknowledged += result.acknowledged;
      if (writer === 0 && (await cutCareless(disk, 'no-sync')).lost === 0) throw new Error('a writer without sync lost nothing: the cuts prove nothing');
    } finally {
      await disk.remove();
    }
  }
  soakLine('power cut, loop-mounted ext4', `${cuts} cuts, ${acknowledged} acknowledged writes, 0 lost`);
  return true;
}

async function onRecords(random: () => number): Promise<boolean> {
  if (!canRecord()) return false;
  let [cuts, acknowledged] = [0, 0];
  for (let turn = 0; turn < RECORDS; turn += 1) {
    const result = await cutRecorded(await record('store', 600), CUTS_A_RECORD, random);
    cuts += result.cuts;
    acknowledged += result.acknowledged;
  }
  if (await mostLost(await record('no-folder-sync', 20), 20, random) === 0) throw new Error('a writer without sync lost nothing: the cuts prove nothing');
  soakLine('power cut, strace replay', `${cuts} cuts, ${acknowledged} acknowledged writes, 0 lost`);
  return true;
}

async function main(): Promise<void> {
  const seed = seedOfRun();
  console.log(`power cuts, seed ${seed}`);
  const ways = [await onImages(seededRandom(seed)), await onRecords(seededRandom(seed))];
  if (ways.includes(true)) return;
  console.log('Neither mounting an image nor strace works here.');
  process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
