/**
 * Everything that is checked, in one command: types, lint, the build, all tests on the Node-RED that is installed here,
 * coverage, and the packed tarball in both supported pairs of Node-RED and Node.
 *
 *   node test.mjs                 all of it
 *   node test.mjs store line      only these groups (their names are printed by `node test.mjs --list`)
 *   node test.mjs bench | soak    the measurements and the long runs, never part of the tests
 *
 * The last line is `N passed, N failed`, with `, N skipped` where something was.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { extname, join, relative, sep } from 'node:path';
import { build } from './build.mjs';
import { cache, root, run, seconds, setUp } from './set-up.mjs';

const OUT = join(root, '.out');
const MINUTE = 60_000;
/** How long a finished mocha may take to exit by itself: what still runs then is a leaked timer, socket or server. */
const EXIT_GRACE_MS = 15_000;
/** Lines of the compiled output, in per cent. */
const COVERED_LINES = 85;

/** Folders under test/ that a group runs, and how long it may take. */
const GROUPS = [
  { name: 'domain', folders: ['credential', 'access'], limitMs: 3 * MINUTE },
  { name: 'store', folders: ['store'], limitMs: 4 * MINUTE },
  { name: 'line', folders: ['field', 'simulator'], limitMs: 4 * MINUTE },
  { name: 'site', folders: ['site'], limitMs: 4 * MINUTE },
  { name: 'flows', folders: ['runtime', 'flows'], limitMs: 6 * MINUTE },
  { name: 'editor', folders: ['editor'], limitMs: 5 * MINUTE },
  { name: 'package', folders: ['package'], limitMs: 4 * MINUTE },
];
const NOT_TESTS = ['support', 'bench', 'soak'];

/** Runs what Node-RED itself would run, as each pair of versions that is supported. */
const PAIRS = [
  { node: '20', nodeRed: '4.1.15' },
  { node: '24', nodeRed: '5.0.7' },
];
const SMOKE_LIMIT_MS = 5 * MINUTE;
const PROGRAM_LIMIT_MS = { bench: 15 * MINUTE, soak: 12 * 60 * MINUTE };

const results = [];

/** Runs one part, prints its line at once, and keeps its counts for the summary. */
async function part(name, work) {
  const from = Date.now();
  const counts = await work().catch((error) => {
    console.log(indented(error.output ?? error.message));
    return { failed: 1 };
  });
  const result = { name, passed: 0, failed: 0, skipped: 0, ...counts, time: seconds(from) };
  results.push(result);
  console.log(line(result));
  return result;
}

function line({ name, passed, failed, skipped, time }) {
  const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return `${failed > 0 ? '✗' : '✓'} ${name.padEnd(28)} ${counts.padEnd(34)} ${time}`;
}

/** A check that either holds or not. */
function check(name, work) {
  return part(name, async () => {
    await work();
    return { passed: 1 };
  });
}

/** Tests run as compiled output: the coverage then shows our own lines, not those of a transformer. */
async function compile() {
  rmSync(OUT, { recursive: true, force: true });
  try {
    await run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.json']);
  } finally {
    for (const path of [...walk(join(root, 'test')), ...walk(join(root, 'nodes', 'simulator'))]) {
      if (extname(path) !== '.ts') cpSync(path, join(OUT, relative(root, path)));
    }
  }
}

/** eslint with a worker each would only fight for the same two cores. */
function lint() {
  return run(process.execPath, [join(root, 'node_modules', 'eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0']);
}

function walk(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]));
}

/** Every test file belongs to a group; one that no group runs would look like a passing one. */
function strayTests() {
  const known = [...GROUPS.flatMap(({ folders }) => folders), ...NOT_TESTS];
  return walk(join(root, 'test')).map((path) => relative(join(root, 'test'), path))
    .filter((path) => path.endsWith('.test.ts') && !known.includes(path.split(sep)[0]));
}

/** One mocha process: killed at its limit, failed when it found no test or did not end by itself. */
async function runGroup({ name, folders, limitMs }, coverage) {
  const files = folders.flatMap((folder) => walk(join(OUT, 'test', folder))).filter((path) => path.endsWith('.test.js'));
  if (files.length === 0) throw new Error(`no test found in ${folders.map((folder) => `test/${folder}`).join(', ')}`);
  const counted = join(mkdtempSync(join(cache, 'counts-')), 'counts.json');
  const child = spawn(process.execPath, [
    '--enable-source-maps', join(root, 'node_modules', 'mocha', 'bin', 'mocha.js'), '--no-config', '--no-package',
    '--timeout', '15000', '--forbid-only', '--reporter', join(root, 'test', 'support', 'counting-reporter.cjs'),
    '--reporter-option', `file=${counted}`, ...files,
  ], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], detached: process.platform !== 'win32', env: { ...process.env, NODE_V8_COVERAGE: coverage.folder } });
  coverage.processes.push(child.pid);
  // The group has a process group of its own, so that its limit ends all of it: Ctrl-C does not reach it by itself.
  const interrupted = () => { kill(child); process.exit(130); };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const trouble = await ending(child, limitMs, counted);
  process.removeListener('SIGINT', interrupted).removeListener('SIGTERM', interrupted);
  const counts = existsSync(counted) ? JSON.parse(readFileSync(counted, 'utf8')) : { failed: 0 };
  rmSync(join(counted, '..'), { recursive: true, force: true });
  if (trouble !== null) {
    console.log(`    ${name}: ${trouble}`);
    counts.failed += 1;
  } else if (counts.passed + counts.failed + counts.skipped === 0) {
    console.log(`    ${name}: ran no test`);
    counts.failed = 1;
  }
  return counts;
}

/** Resolves with null where the process ended by itself as its counts say, else with what was wrong. */
function ending(child, limitMs, counted) {
  return new Promise((resolve) => {
    const deadline = Date.now() + limitMs;
    let finishedAt = null;
    let killed = null;
    const watch = setInterval(() => {
      if (finishedAt === null && existsSync(counted)) finishedAt = Date.now();
      if (killed !== null) return;
      if (finishedAt !== null && Date.now() > finishedAt + EXIT_GRACE_MS) killed = 'did not exit by itself after its tests: something is left open';
      else if (Date.now() > deadline) killed = `was still running after ${limitMs / MINUTE} minutes`;
      if (killed !== null) kill(child);
    }, 250);
    child.on('error', (error) => { killed = error.message; });
    child.on('close', (code, signal) => {
      clearInterval(watch);
      if (killed !== null) resolve(killed);
      else if (!existsSync(counted)) resolve(`ended with ${signal ?? code} before its tests did`);
      else if (code !== 0 && JSON.parse(readFileSync(counted, 'utf8')).failed === 0) resolve(`ended with ${signal ?? code} after its tests`);
      else resolve(null);
    });
  });
}

/** The process and all it started. */
function kill(child) {
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch { /* it has just ended */ }
}

/** Only what the mocha processes themselves ran counts: the Node-REDs they started have their own, larger, reports. */
async function reportCoverage({ folder, processes }) {
  for (const name of readdirSync(folder)) {
    if (!processes.includes(Number(name.split('-')[1]))) rmSync(join(folder, name));
  }
  const output = await run(process.execPath, [
    join(root, 'node_modules', 'c8', 'bin', 'c8.js'), 'report', '--temp-directory', folder, '--reporter', 'text-summary', '--reporter', 'lcovonly',
    '--reports-dir', join(root, 'coverage'), '--exclude-after-remap', '--all', '--src', 'nodes', '--include', 'nodes/**', ...['nodes/editor/**', ...typesOnly()].flatMap((path) => ['--exclude', path]),
    '--check-coverage', '--lines', String(COVERED_LINES), '--functions', '0', '--branches', '0', '--statements', '0',
  ]);
  console.log(indented(output));
}

/** Sources of which nothing is left to run: no test could cover them. */
function typesOnly() {
  return walk(join(OUT, 'nodes')).filter((path) => path.endsWith('.js'))
    .filter((path) => readFileSync(path, 'utf8').replace(/^("use strict";|Object\.defineProperty\(exports, "__esModule".*|\/\/# sourceMappingURL.*|\s*)$/gm, '').replace(/\/\*[\s\S]*?\*\//g, '').trim() === '')
    .map((path) => relative(OUT, path).replace(/\.js$/, '.ts').split(sep).join('/'));
}

/** Plain programs, one after the other; each ends with exit code 0 where it holds. */
async function runPrograms(folder) {
  await check('types', compile);
  await check('build', () => build({ log: () => undefined }));
  const programs = walk(join(OUT, 'test', folder)).filter((path) => path.endsWith('.js'));
  if (programs.length === 0) console.log(`test/${folder}/ is empty.`);
  for (const program of programs) {
    await check(relative(join(OUT, 'test'), program).replace(/\.js$/, ''), () => new Promise((resolve, reject) => {
      spawn(process.execPath, ['--enable-source-maps', program], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], timeout: PROGRAM_LIMIT_MS[folder] })
        .on('error', reject)
        .on('close', (code, signal) => { if (code === 0) resolve(); else reject(new Error(`ended with ${signal ?? code}`)); });
    }));
  }
}

async function runTests(only) {
  const wanted = (name) => only.length === 0 || only.includes(name);
  console.log(`Node ${process.version}, Node-RED ${JSON.parse(readFileSync(join(root, 'node_modules', 'node-red', 'package.json'), 'utf8')).version}, ${availableParallelism()} cores`);
  const checks = [check('types', compile)];
  if (wanted('lint')) checks.push(check('lint', lint));
  await Promise.all(checks);
  const { failed } = await check('build', () => build({ log: () => undefined }));

  const stray = strayTests();
  if (stray.length > 0) await check('every test has a group', () => Promise.reject(new Error(`no group runs ${stray.join(', ')}`)));

  rmSync(join(cache, 'coverage'), { recursive: true, force: true });
  const coverage = { folder: join(cache, 'coverage'), processes: [] };
  mkdirSync(coverage.folder, { recursive: true });
  for (const group of GROUPS.filter(({ name }) => wanted(name))) await part(group.name, () => runGroup(group, coverage));
  if (only.length === 0) await check('coverage', () => reportCoverage(coverage));

  if (!wanted('smoke')) return;
  const { smoke, pack } = await import('./test/package/smoke.mjs');
  const tarball = failed > 0 ? null : await pack();
  for (const pair of PAIRS) {
    await part(`Node-RED ${pair.nodeRed} on Node ${pair.node}`, () =>
      tarball === null ? Promise.reject(new Error('without a build there is nothing to install')) : smoke({ ...pair, tarball, limitMs: SMOKE_LIMIT_MS }));
  }
}

function indented(text) {
  return text.trimEnd().replaceAll(/^/gm, '    ');
}

const only = process.argv.slice(2);
const names = ['lint', ...GROUPS.map(({ name }) => name), 'smoke', 'bench', 'soak'];
if (only.includes('--list')) {
  console.log(names.join('\n'));
  process.exit(0);
}
const unknown = only.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`No group is called ${unknown.join(', ')}. There are: ${names.join(', ')}.`);
  process.exit(1);
}

await setUp();
const from = Date.now();
if (only[0] === 'bench' || only[0] === 'soak') await runPrograms(only[0]);
else await runTests(only);

const total = (field) => results.reduce((sum, result) => sum + result[field], 0);
console.log(`\n${results.map(line).join('\n')}\n\nin ${seconds(from)}`);
console.log(`${total('passed')} passed, ${total('failed')} failed${total('skipped') > 0 ? `, ${total('skipped')} skipped` : ''}`);
process.exitCode = total('failed') > 0 ? 1 : 0;
