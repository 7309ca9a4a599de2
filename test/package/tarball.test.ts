/** What `npm pack` takes along, and nothing else. Looks at dist/, which test.mjs has built before. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, sep } from 'node:path';
import { filesUnder } from './source-files';

interface Packed { files: { path: string; size: number }[]; size: number; unpackedSize: number }

const PACKED_LIMIT_BYTES = 1_500_000;
const UNPACKED_LIMIT_BYTES = 4_000_000;
/** All pages together, with what they share: an editor loads each of them at its start. */
const PAGES_LIMIT_BYTES = 200_000;
/** Published account of the simulator: the only secret that any shipped flow holds. */
const DEMONSTRATION_PASSWORD = 'portal-to-door-demo';

const under = (folder: string): string[] => (existsSync(folder) ? filesUnder(folder).map((path) => path.split(sep).join('/')) : []);

describe('tarball', () => {
  let packed: Packed;

  before(function () {
    if (!existsSync('dist')) this.skip();
    const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'], { encoding: 'utf8', shell: process.platform === 'win32' });
    packed = (JSON.parse(output) as Packed[])[0] as Packed;
  });

  it('holds exactly what was built, the examples, the pictures and the texts', () => {
    const expected = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', ...under('dist'), ...under('resources'), ...under('examples'), ...under('docs/images'), 'docs/rules.md'];
    assert.deepEqual(packed.files.map(({ path }) => path).sort(), expected.sort());
  });

  it('holds no source, no test and no leftovers', () => {
    const odd = packed.files.map(({ path }) => path).filter((path) => /(^|\/)(test|nodes|\.[^/]+)(\/|$)|\.ts$|\.test\.|bench|flows_cred/.test(path));
    assert.deepEqual(odd, []);
  });

  it('has for every node its code, its page, its icon, its words and its help', () => {
    const paths = packed.files.map(({ path }) => path);
    const nodes = (JSON.parse(readFileSync('package.json', 'utf8')) as { 'node-red': { nodes: Record<string, string> } })['node-red'].nodes;
    const missing = Object.keys(nodes).flatMap((type) => [
      `dist/${type}.js`, `dist/${type}.html`, `dist/icons/${type}.svg`, `dist/locales/en-US/${type}.json`, `dist/locales/en-US/${type}.html`,
    ]).filter((path) => !paths.includes(path));
    assert.deepEqual(missing, []);
    assert.ok(paths.some((path) => path.startsWith('examples/') && path.endsWith('.json')));
  });

  it('names no path of the machine that built it', () => {
    const own = [process.cwd(), homedir()].filter((path) => path.length > 1);
    const wrong = packed.files.map(({ path }) => path).filter((path) => /\.(js|map|html|json|md)$/.test(path))
      .filter((path) => { const text = readFileSync(path, 'utf8'); return own.some((place) => text.includes(place + sep)); });
    assert.deepEqual(wrong, []);
  });

  it('holds no secret but the published demonstration account', () => {
    for (const path of under('examples')) {
      const nodes = JSON.parse(readFileSync(path, 'utf8')) as { id: string; credentials?: { password?: string } }[];
      for (const { id, credentials } of nodes) {
        if (credentials !== undefined) assert.ok(credentials.password === DEMONSTRATION_PASSWORD || credentials.password?.startsWith('${') === true, `${path}: ${id}`);
      }
    }
    const keys = packed.files.map(({ path }) => join(path)).filter((path) => /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(readFileSync(path, 'latin1')));
    assert.deepEqual(keys, []);
  });

  it('has small pages, and in none of them what they share, such as the device profiles', () => {
    const pages = packed.files.filter(({ path }) => /^(dist\/[^/]+\.html|resources\/.+\.js)$/.test(path));
    const bytes = pages.reduce((sum, { size }) => sum + size, 0);
    assert.ok(bytes < PAGES_LIMIT_BYTES, `${String(bytes)} bytes in ${String(pages.length)} pages`);
    assert.deepEqual(pages.map(({ path }) => path).filter((path) => readFileSync(path, 'utf8').includes('waveshare-relay-8')), ['resources/shared.js']);
  });

  it('is small', () => {
    assert.ok(packed.size < PACKED_LIMIT_BYTES, `${String(packed.size)} bytes packed`);
    assert.ok(packed.unpackedSize < UNPACKED_LIMIT_BYTES, `${String(packed.unpackedSize)} bytes unpacked`);
  });
});
