/**
 * The Flow Library's scorecard, offline: its own tool stops where it cannot reach the public catalogue
 * (node-red-dev-cli; ids as in its list).
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder, sourceFiles } from './source-files';

interface Package {
  name: string;
  license?: string;
  repository?: { url?: string };
  bugs?: { url?: string };
  keywords: string[];
  engines: { node: string };
  'node-red': { version: string; nodes: Record<string, string> };
  dependencies: Record<string, string>;
}

const CONFIG_TYPES = ['mc-site', 'mc-store', 'mc-line', 'mc-controller'];
/** Latest releases of the lines that Node-RED maintains, and the Node that the newest of them asks for. */
const NODE_RED = ['4.1.15', '5.0.7'];
const NEWEST_NEEDS_NODE = '22.9.0';

const description = JSON.parse(readFileSync('package.json', 'utf8')) as Package;
const types = Object.keys(description['node-red'].nodes);

/** True where `range`, of the form `>=x.y.z`, admits the version. */
function admits(range: string, version: string): boolean {
  const floor = /^>=(\d+(?:\.\d+){0,2})$/.exec(range);
  assert.ok(floor, `${range} is not of the form >=x.y.z`);
  const numbers = (text: string): number[] => [...text.split('.').map(Number), 0, 0].slice(0, 3);
  const [wanted, given] = [numbers(floor[1] as string), numbers(version)];
  const at = wanted.findIndex((number, index) => number !== given[index]);
  return at < 0 || (given[at] as number) > (wanted[at] as number);
}

describe('scorecard', () => {
  it('P01 names its licence', () => {
    assert.equal(description.license, 'Apache-2.0');
    assert.match(readFileSync('LICENSE', 'utf8'), /Apache License\s+Version 2\.0, January 2004/);
  });

  it('P03 names its repository and where to report bugs', () => {
    assert.match(description.repository?.url ?? '', /^git\+https:\/\//);
    assert.match(description.bugs?.url ?? '', /^https:\/\//);
  });

  it('P04 has a scoped name', () => {
    assert.match(description.name, /^@[a-z-]+\/[a-z-]+$/);
  });

  it('P05 has the keyword node-red', () => {
    assert.ok(description.keywords.includes('node-red'));
  });

  it('P06 admits the maintained releases of Node-RED', () => {
    for (const version of NODE_RED) assert.ok(admits(description['node-red'].version, version), version);
  });

  it('P07 admits the Node that the newest Node-RED asks for', () => {
    assert.ok(admits(description.engines.node, NEWEST_NEEDS_NODE));
  });

  it('N01 has node types of its own, each registered by the file of its name', () => {
    for (const [type, entry] of Object.entries(description['node-red'].nodes)) {
      assert.match(type, /^mc-[a-z]+$/);
      assert.equal(entry, `dist/${type}.js`);
      const palette = sourceFiles().find(({ path }) => path === `${type}.ts`);
      const registrars = [`${type}.ts`, ...(palette?.imports.map(({ file }) => file).filter((file) => file?.startsWith('runtime/') === true) ?? [])];
      const registers = new RegExp(`register[A-Za-z]*\\(RED, '${type}'`);
      assert.ok(registrars.some((path) => registers.test(readFileSync(join('nodes', String(path)), 'utf8'))), `nodes/${type}.ts registers ${type}`);
    }
    assert.equal(new Set(types).size, types.length);
  });

  it('N02 shows every node in an example', () => {
    const shown = new Set(filesUnder('flows').flatMap((path) => (JSON.parse(readFileSync(path, 'utf8')) as { type: string }[]).map(({ type }) => type)));
    assert.deepEqual(types.filter((type) => !CONFIG_TYPES.includes(type) && !shown.has(type)), []);
  });

  it('D01 has at most six dependencies, each of them used, and Node-RED is not among them', () => {
    const names = Object.keys(description.dependencies);
    assert.ok(names.length <= 6, names.join(', '));
    assert.ok(!names.includes('node-red'));
    const used = new Set(sourceFiles().flatMap(({ imports }) => imports).filter(({ typeOnly }) => !typeOnly).map(({ specifier }) => specifier));
    assert.deepEqual(names.filter((name) => ![...used].some((specifier) => specifier === name || specifier.startsWith(`${name}/`))), []);
  });

  it('D02 brings no package that is known to be bad', function () {
    if (!existsSync('package-lock.json')) this.skip();
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, { version?: string; dev?: boolean }> };
    const bad = Object.entries(packages)
      .filter(([path, { version, dev }]) => dev !== true && path.endsWith('/agent-base') && Number(version?.split('.')[0]) < 6);
    assert.deepEqual(bad, []);
  });
});
