import assert from 'node:assert/strict';
import { mkdir, realpath, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { resolveStoreFolder } from '../../nodes/store/store-folder';
import { Bench, withCode } from './fixtures';

describe('resolveStoreFolder', () => {
  const bench = new Bench();
  let userDir: string;
  beforeEach(async () => { userDir = await realpath(await bench.folder()); });
  afterEach(() => bench.clear());

  it('stays inside the user directory', () => {
    assert.equal(resolveStoreFolder(userDir, '', 'a1b2'), join(userDir, 'mobile-credential', 'a1b2'));
    assert.equal(resolveStoreFolder(userDir, 'mine/../stores/front', 'x'), join(userDir, 'stores', 'front'));
    assert.equal(resolveStoreFolder(userDir, join(userDir, '..store'), 'x'), join(userDir, '..store'));
  });

  it('refuses every way out of it, and the directory itself', () => {
    for (const folder of ['..', '../other', 'a/../../other', '/', '/etc', '.', userDir, `${userDir}-other`, 'a\0b']) {
      assert.throws(() => resolveStoreFolder(userDir, folder, 'x'), withCode('CONFIG_INVALID'), JSON.stringify(folder));
    }
    for (const id of ['..', '../../x', '/etc']) {
      try {
        assert.ok(resolveStoreFolder(userDir, '', id).startsWith(`${userDir}/mobile-credential/`), id);
      } catch (error) {
        withCode('CONFIG_INVALID')(error);
      }
    }
  });

  it('refuses symbolic links that lead out, also ones that lead nowhere yet or round and round', async () => {
    const outside = await bench.folder();
    await symlink(outside, join(userDir, 'out'));
    await symlink(join(outside, 'not-yet'), join(userDir, 'dangling'));
    await symlink(join(userDir, 'round'), join(userDir, 'round'));
    for (const folder of ['out', 'out/deep/er', 'dangling', 'dangling/deep', 'round']) {
      assert.throws(() => resolveStoreFolder(userDir, folder, 'x'), withCode('CONFIG_INVALID'), folder);
    }
  });

  it('lets links inside and a linked user directory be', async () => {
    await mkdir(join(userDir, 'real'));
    await symlink(join(userDir, 'real'), join(userDir, 'link'));
    assert.equal(resolveStoreFolder(userDir, 'link/store', 'x'), join(userDir, 'real', 'store'));
    const other = join(await bench.folder(), 'user');
    await symlink(userDir, other);
    assert.equal(resolveStoreFolder(other, 'store', 'x'), join(userDir, 'store'));
    assert.equal(resolveStoreFolder(other, join(other, 'store'), 'x'), join(userDir, 'store'));
  });
});
