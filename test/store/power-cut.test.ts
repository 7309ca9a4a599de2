import assert from 'node:assert/strict';
import { cutCareless, cutStore } from '../support/power-cut';
import { cutRecorded, mostLost, record } from '../support/power-cut-cuts';
import { CutDisk } from '../support/power-cut-image';
import { canRecord } from '../support/power-cut-trace';
import { seededRandom, seedOfRun } from '../support/seeded-random';

describe('a store under a power cut', () => {
  const seed = seedOfRun();

  describe('on an ext4 image that is copied while the writer stands still', () => {
    let disk: CutDisk | null = null;
    beforeEach(async function () {
      this.timeout(30_000);
      disk = await CutDisk.make();
      if (disk === null) this.skip();
    });
    afterEach(async () => { await disk?.remove(); });

    it('has every acknowledged write, each batch whole', async function () {
      this.timeout(60_000);
      const { cuts, acknowledged } = await cutStore(disk!, 6, seededRandom(seed));
      console.log(`      loop-mounted ext4: ${cuts} cuts, ${acknowledged} acknowledged writes, none lost (seed ${seed})`);
      assert.ok(acknowledged > 0);
    });

    for (const mode of ['no-sync', 'no-folder-sync'] as const) {
      it(`takes writes from a writer with ${mode}: what is not synced is seen to be lost`, async function () {
        this.timeout(30_000);
        // The kernel may just have written everything by itself.
        for (let attempt = 0; attempt < 3; attempt += 1) if ((await cutCareless(disk!, mode)).lost > 0) return;
        assert.fail('nothing was lost: these cuts prove nothing');
      });
    }
  });

  describe('in a replay of the recorded write, sync and rename calls', () => {
    before(function () { if (!canRecord()) this.skip(); });

    it('has every acknowledged write, whatever of the rest is there', async function () {
      this.timeout(120_000);
      const { cuts, acknowledged } = await cutRecorded(await record('store', 450), 40, seededRandom(seed));
      console.log(`      strace replay: ${cuts} cuts, ${acknowledged} acknowledged writes, none lost (seed ${seed})`);
      assert.ok(acknowledged > 0);
    });

    for (const mode of ['no-sync', 'no-folder-sync'] as const) {
      it(`takes writes from a writer with ${mode}: what is not synced is seen to be lost`, async function () {
        this.timeout(30_000);
        assert.ok(await mostLost(await record(mode, 20), 20, seededRandom(seed)) > 0, 'nothing was lost: these cuts prove nothing');
      });
    }
  });
});
