/** Habits of the house that no type and no linter sees. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { sourceFiles } from './source-files';

const PALETTE_LINES = 120;

/** Written in pieces, so that this file does not find itself. */
const DOWNLOAD_HOSTS = new RegExp(['registry\\.npm' + 'js', 'registry\\.yarn' + 'pkg', 'npm' + 'mirror', 'arti' + 'factory', 'verda' + 'ccio', 'deb\\.deb' + 'ian', 'pypi\\.' + 'org'].join('|'), 'i');
const MACHINE_PATHS = new RegExp(['(?<![\\w.])/wo' + 'rk/', '(?<![\\w.])/ro' + 'ot/', '(?<![\\w.])/ho' + 'me/[a-z]', '[A-Z]:\\\\Us' + 'ers'].join('|'));
const BINARY = /\.(png|jpe?g|gif|ico|woff2?|pdf|gz|tgz)$/;

/** Everything that is or would be committed; null outside a git checkout. */
function committed(): string[] | null {
  try {
    return execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .split('\0').filter((path) => path !== '' && existsSync(path) && statSync(path).isFile());
  } catch {
    return null;
  }
}

describe('house', () => {
  const files = committed();

  it('keeps palette files short: they read settings, call one thing, send', () => {
    const long = sourceFiles().filter(({ path, lines }) => /^mc-[^/]+\.ts$/.test(path) && lines > PALETTE_LINES);
    assert.deepEqual(long.map(({ path, lines }) => `${path}: ${String(lines)} lines`), []);
  });

  it('names no place to download from and no path of a machine in any committed file', function () {
    if (files === null) this.skip();
    const wrong = files.filter((path) => !BINARY.test(path)).flatMap((path) => readFileSync(path, 'utf8').split('\n').flatMap((line, index) =>
      (DOWNLOAD_HOSTS.test(line) || MACHINE_PATHS.test(line) ? [`${path}:${String(index + 1)}: ${line.trim().slice(0, 120)}`] : [])));
    assert.deepEqual(wrong, []);
  });

  it('has a lock file that names no host: it works with whatever registry npm is set to', function () {
    if (!existsSync('package-lock.json')) this.skip();
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, { resolved?: string; integrity?: string; inBundle?: boolean }> };
    assert.deepEqual(Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path), []);
    assert.deepEqual(Object.entries(packages).filter(([path, { integrity, inBundle }]) => path !== '' && inBundle !== true && integrity === undefined).map(([path]) => path), []);
  });

  it('commits nothing that is generated, and no settings of npm', function () {
    if (files === null) this.skip();
    assert.deepEqual(files.filter((path) => /^(dist|resources|examples|node_modules|coverage|\.out|\.cache)\/|(^|\/)\.npmrc$|\.tgz$|\.log$/.test(path)), []);
  });

  it('leaves no test switched to run alone', function () {
    if (files === null) this.skip();
    const alone = new RegExp('\\b(it|describe|specify|context)\\.on' + 'ly\\(');
    assert.deepEqual(files.filter((path) => /\.test\.ts$/.test(path) && alone.test(readFileSync(path, 'utf8'))), []);
  });
});
