/**
 * Installs what package-lock.json names, when it is not there yet, so that each command works as the very first one
 * on a fresh clone. Uses nothing but Node itself: everything else may be missing when this runs.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(fileURLToPath(import.meta.url));
/** Kept between runs, ignored by git, safe to delete. */
export const cache = join(root, '.cache');

const MINIMUM_NODE = [20, 19];

/** Ends the process with a plain sentence where this Node is too old, else installs what is missing. */
export async function setUp() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor < MINIMUM_NODE[1])) {
    console.error(`Node ${MINIMUM_NODE.join('.')} or newer is needed; this is ${process.version}.`);
    process.exit(1);
  }
  const lock = join(root, 'package-lock.json');
  const wanted = createHash('sha256').update(readFileSync(existsSync(lock) ? lock : join(root, 'package.json'))).digest('hex');
  const marker = join(root, 'node_modules', '.set-up');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;
  if (!isInstalled(lock)) {
    const from = Date.now();
    process.stdout.write('Installing packages … ');
    await npm([existsSync(lock) ? 'ci' : 'install'], { cwd: root });
    console.log(`${seconds(from)}`);
  }
  writeFileSync(marker, wanted);
}

/** True where somebody ran npm by hand and every package is there in its wanted version. */
function isInstalled(lock) {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(lock) || !existsSync(hidden)) return false;
  const present = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  return Object.entries(JSON.parse(readFileSync(lock, 'utf8')).packages)
    .every(([path, { version, optional }]) => path === '' || optional || present[path]?.version === version);
}

/**
 * Runs npm, silent unless it fails. What an npm around us says of its own package must not reach this one: it
 * would install into that package's folder instead of `cwd`.
 */
export function npm(args, { cwd, node = process.execPath }) {
  const env = Object.fromEntries(Object.entries(process.env)
    .filter(([name]) => !/^(npm_package_|npm_lifecycle_|npm_command$|npm_config_local_prefix$|npm_config_prefix$|INIT_CWD$)/i.test(name)));
  env.PATH = `${dirname(node)}${delimiter}${env.PATH ?? ''}`;
  const cli = npmCli();
  const common = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  return cli === null
    ? run('npm', [...args, ...common], { cwd, env, shell: process.platform === 'win32' })
    : run(process.execPath, [cli, ...args, ...common], { cwd, env });
}

/** npm's own script: the one that started us, or the one that lies beside this Node. */
function npmCli() {
  const beside = dirname(process.execPath);
  return [
    /npm-cli\.js$/.test(process.env.npm_execpath ?? '') ? process.env.npm_execpath : '',
    join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ].find((path) => path !== '' && existsSync(path)) ?? null;
}

/** Resolves with what the command printed; rejects with it, and its exit code, where it failed. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk) => { output += chunk; };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(Object.assign(new Error(`${command} ${args.join(' ')} ended with ${signal ?? code}:\n${output}`), { output, code }));
    });
  });
}

/** `1.2 s` since `from`. */
export function seconds(from) {
  return `${((Date.now() - from) / 1000).toFixed(1)} s`;
}

/** The package's own description. */
export function packageJson() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}

mkdirSync(cache, { recursive: true });
