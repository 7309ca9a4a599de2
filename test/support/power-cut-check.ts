/** What the writers of a power cut write, and what must be there of it afterwards. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoreWrite } from '../../nodes/credential/store-port';
import { NedbStore } from '../../nodes/store/nedb-store';

/** Documents that the long ones go to in turn: the journal grows fast, and what it holds does not. */
const SLOTS = 20;
const LONG = 20_000;

/** Three documents that belong together. */
export function cutBatch(number: number): StoreWrite[] {
  return [
    { collection: 'cursors', put: { _id: `a${number}`, seq: number } },
    { collection: 'lockdowns', put: { _id: `door${number % SLOTS}`, since: String(number), by: 'x'.repeat(LONG) } },
    { collection: 'sites', put: { _id: `b${number}`, listAsOf: String(number), contactAsOf: null } },
  ];
}

/** Numbers among what a writer printed. */
export function acknowledgedIn(lines: readonly string[]): number[] {
  return lines.filter((line) => /^\d+$/.test(line)).map(Number);
}

/**
 * Opens what the cut left, fails where an acknowledged write is missing or a batch is not whole, and writes on.
 * `exact`: nothing else may be there either.
 */
export async function checkStore(folder: string, acknowledged: readonly number[], where: string, { exact = false } = {}): Promise<void> {
  const store = await NedbStore.open(folder, { id: 'after the cut', waitMs: 0 });
  try {
    assert.equal(store.readOnly, null, `${where}: the store opens read-only: ${String(store.readOnly?.message)}`);
    for (const number of acknowledged) assert.equal(store.get('cursors', `a${number}`)?.seq, number, `${where}: acknowledged write ${number} is lost`);
    if (exact) assert.equal([...store.all('cursors')].length, acknowledged.length, `${where}: a refused write is there`);
    for (const { _id, seq } of store.all('cursors')) {
      assert.equal(store.get('sites', `b${seq}`)?.listAsOf, String(seq), `${where}: half of batch ${_id} is missing`);
      const slot = store.get('lockdowns', `door${seq % SLOTS}`);
      assert.ok(slot !== undefined && Number(slot.since) % SLOTS === seq % SLOTS && slot.by.length === LONG, `${where}: batch ${_id} has no long document`);
    }
    await store.write([{ collection: 'cursors', put: { _id: 'after', seq: 0 } }]);
  } finally {
    await store.close();
  }
}

/** How many of the acknowledged writes of a careless writer the cut took. */
export async function lostOf(folder: string, mode: string, acknowledged: readonly number[]): Promise<number> {
  const there = new Set(mode === 'no-sync'
    ? (await readFile(join(folder, 'log'), 'utf8').catch(() => '')).split('\n')
    : await readdir(folder));
  return acknowledged.filter((number) => !there.has(String(number))).length;
}
