/**
 * The packed tarball in a bare user directory of a real Node-RED: is everything there that the package promises, and
 * does the demonstration flow open a door? Run by test.mjs for each supported pair of versions; a bare
 * `node test/package/smoke.mjs` runs it on the Node-RED that is installed here.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cache, npm, packageJson, root, run, seconds } from '../../set-up.mjs';
import { playJourney } from '../../start-once.mjs';
import { demoFlow } from '../support/demo-flow.mjs';
import { freePort } from '../support/free-port.mjs';
import { startNodeRed } from '../support/node-red-process.mjs';
import { SimulatorPage } from '../support/simulator-page.mjs';

const EXAMPLE = '01-portal-to-door';

/** Packs what is built; resolves with the tarball's path. */
export async function pack() {
  const folder = join(cache, 'pack');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // Without scripts: packing must not build again under the feet of what looks at dist/ meanwhile.
  await npm(['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
  return join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')));
}

/** One pair of versions; resolves with `{ passed, failed, skipped }`. */
export async function smoke({ node: nodeMajor, nodeRed: nodeRedVersion, tarball, limitMs }) {
  const node = await nodeBinary(nodeMajor);
  if (node === null) {
    console.log(`    skipped: no Node ${nodeMajor} here, and its package's install script is blocked or found none for this machine`);
    return { skipped: 1 };
  }
  const nodeRedFolder = await nodeRedOf(nodeRedVersion);
  const userDir = mkdtempSync(join(tmpdir(), 'bare-node-red-'));
  const checks = counter();
  let nodeRed = null;
  const watchdog = setTimeout(() => { void nodeRed?.stop(); }, limitMs);
  try {
    await checks.that('installs into a bare user directory', async () => {
      writeFileSync(join(userDir, 'package.json'), JSON.stringify({ name: 'bare', private: true }));
      await npm(['install', tarball, '--omit=dev', '--no-package-lock'], { cwd: userDir, node });
    });
    await checks.that('starts', async () => {
      nodeRed = await startNodeRed({ node, nodeRedFolder, userDir, port: await freePort() });
      const { version } = await nodeRed.get('/settings', JSON_HEADER);
      // Run from a git checkout it adds -git to its version.
      if (version.replace(/-git$/, '') !== nodeRedVersion) throw new Error(`this is Node-RED ${version}`);
    });
    if (nodeRed === null) return checks.counts;
    await lookAround(nodeRed, checks, userDir);
    await deployOthers(nodeRed, checks, userDir);
    await deployAndOpen(nodeRed, nodeRedFolder, checks, userDir);
    await checks.that('stops by itself when asked', async () => {
      const how = await nodeRed.stop();
      if (how === 'SIGKILL') throw new Error('it had to be killed');
    });
    return checks.counts;
  } finally {
    clearTimeout(watchdog);
    await nodeRed?.stop();
    rmSync(userDir, { recursive: true, force: true });
  }
}

const JSON_HEADER = { accept: 'application/json' };

function installed(userDir) {
  return join(userDir, 'node_modules', ...packageJson().name.split('/'));
}

/** Everything the package promises to the editor, by the API that the editor itself uses. */
async function lookAround(nodeRed, checks, userDir) {
  const { name, 'node-red': { nodes } } = packageJson();
  const types = Object.keys(nodes);
  const languages = readdirSync(join(installed(userDir), 'dist', 'locales'));

  await checks.that('every node type is registered, enabled and without error', async () => {
    const sets = (await nodeRed.get('/nodes', JSON_HEADER)).filter(({ module }) => module === name);
    expectAll(types, (type) => {
      const set = sets.find((one) => one.types.includes(type));
      if (set === undefined) return `${type} is not there`;
      return set.err === undefined && set.enabled && set.loaded !== false ? null : `${type}: ${set.err ?? 'not enabled'}`;
    });
    if (sets.length !== types.length) throw new Error(`${sets.length} sets for ${types.length} types`);
  });

  await checks.that('every icon is served', async () => {
    const icons = (await nodeRed.get('/icons', JSON_HEADER))[name] ?? [];
    expectAll(types, (type) => (icons.includes(`${type}.svg`) ? null : `${type}.svg is not listed`));
    for (const type of types) {
      const svg = await (await fetch(`${nodeRed.url}/icons/${name}/${type}.svg`)).text();
      if (!/<svg[\s>]/.test(svg)) throw new Error(`${type}.svg is no SVG`);
    }
  });

  for (const language of languages) {
    await checks.that(`${language}: every node has its dialog and its help`, async () => {
      const page = await nodeRed.get('/nodes', { accept: 'text/html', 'accept-language': language });
      expectAll(types, (type) => (page.includes(`data-template-name="${type}"`) ? null : `no dialog of ${type}`));
      expectAll(types, (type) => {
        const help = readFileSync(join(installed(userDir), 'dist', 'locales', language, `${type}.html`), 'utf8').trim();
        return page.includes(`data-help-name="${type}"`) && page.includes(help) ? null : `no help of ${type}`;
      });
    });
    await checks.that(`${language}: every node has its words`, async () => {
      const catalogs = await nodeRed.get(`/nodes/messages?lng=${language}`, JSON_HEADER);
      expectAll(types, (type) => {
        const own = JSON.parse(readFileSync(join(installed(userDir), 'dist', 'locales', language, `${type}.json`), 'utf8'));
        const served = catalogs[`${name}/${type}`] ?? {};
        const absent = Object.keys(own).filter((key) => !(key in served));
        return absent.length === 0 ? null : `${type}: ${absent.join(', ')}`;
      });
    });
  }

  await checks.that('what the pages share is served', async () => {
    const page = await nodeRed.get('/nodes', { accept: 'text/html' });
    const scripts = new Set([...page.matchAll(/<script[^>]* src="(resources\/[^"]+)"/g)].map(([, address]) => address).filter((address) => address.includes(name)));
    if (scripts.size === 0) throw new Error('the pages name no script');
    for (const address of scripts) {
      const type = (await ok(`${nodeRed.url}/${address}`)).headers.get('content-type');
      // A browser runs a module of no other type.
      if (!/javascript/.test(type ?? '')) throw new Error(`${address} is ${type}`);
    }
  });

  await checks.that('every example is in the import menu', async () => {
    const examples = readdirSync(join(installed(userDir), 'examples'));
    for (const file of examples) {
      const served = await nodeRed.get(`/library/examples/flows/${name}/${file.replace(/\.json$/, '')}`);
      const nodesIn = typeof served === 'string' ? JSON.parse(served) : served;
      if (!Array.isArray(nodesIn) || nodesIn.length === 0) throw new Error(`${file} is empty`);
    }
  });
}

/** Every other example starts, with its simulated site. */
async function deployOthers(nodeRed, checks, userDir) {
  const examples = readdirSync(join(installed(userDir), 'examples')).filter((file) => file !== `${EXAMPLE}.json`);
  for (const file of examples) {
    const { flow, httpPort } = await demoFlow(join(installed(userDir), 'examples', file));
    await checks.that(`${file} deploys`, async () => {
      await deploy(nodeRed, flow);
      await new SimulatorPage(`http://127.0.0.1:${httpPort}/`).whenUp();
    });
  }
}

async function deploy(nodeRed, flow) {
  await nodeRed.post('/flows', { flows: flow }, { 'Node-RED-API-Version': 'v2', 'Node-RED-Deployment-Type': 'full' });
  const deployed = await nodeRed.get('/flows', JSON_HEADER);
  if (deployed.length !== flow.length) throw new Error(`${deployed.length} of ${flow.length} nodes`);
  if (deployed.some((node) => node.credentials !== undefined)) throw new Error('credentials came back');
}

/** The demonstration flow as imported from the menu, played to its end. */
async function deployAndOpen(nodeRed, nodeRedFolder, checks, userDir) {
  const { flow, httpPort } = await demoFlow(join(installed(userDir), 'examples', `${EXAMPLE}.json`));
  await checks.that('the demonstration flow deploys', () => deploy(nodeRed, flow));
  await checks.that('the simulator\'s page is served with all its parts', async () => {
    const address = `http://127.0.0.1:${httpPort}/`;
    await new SimulatorPage(address).whenUp();
    const page = await (await ok(address)).text();
    const parts = [...page.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, part]) => new URL(part, address).href).filter((part) => part.startsWith(address));
    if (parts.length === 0) throw new Error('it names no script and no style');
    await Promise.all(parts.map(ok));
  });
  const { passed, failed } = await playJourney({ nodeRed, nodeRedFolder, simulatorUrl: `http://127.0.0.1:${httpPort}/`, print: (text) => { if (text.includes('✗')) console.log(`    ${text}`); } });
  checks.counts.passed += passed;
  checks.counts.failed += failed;
  if (failed > 0) console.log(`    Node-RED said:\n${nodeRed.log.slice(-25).map((text) => `      ${text}`).join('\n')}`);
}

async function ok(address) {
  const answer = await fetch(address, { headers: { accept: '*/*' } });
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
  return answer;
}

function expectAll(types, fault) {
  const faults = types.map(fault).filter((text) => text !== null);
  if (faults.length > 0) throw new Error(faults.join('; '));
}

function counter() {
  const counts = { passed: 0, failed: 0 };
  return {
    counts,
    async that(what, work) {
      const from = Date.now();
      try {
        await work();
        counts.passed += 1;
      } catch (error) {
        counts.failed += 1;
        console.log(`    ✗ ${what} (${seconds(from)}): ${error.message}`);
      }
    },
  };
}

/** A Node of this major version: this one, or the one that the npm package `node` brings. Null where it brings none. */
async function nodeBinary(major) {
  if (process.versions.node.split('.')[0] === major) return process.execPath;
  const folder = join(cache, `node-${major}`);
  const binary = join(folder, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!await answers(binary, major)) {
    await installInto(folder, `node@${major}`).catch((error) => { console.log(`    ${error.message.split('\n').slice(0, 5).join('\n    ')}`); });
  }
  return await answers(binary, major) ? binary : null;
}

async function answers(binary, major) {
  if (!existsSync(binary)) return false;
  return await run(binary, ['--version']).then((version) => version.startsWith(`v${major}.`), () => false);
}

/** The folder of this Node-RED: the one that the package is developed with, or one of its own. */
async function nodeRedOf(version) {
  const folders = [join(root, 'node_modules', 'node-red'), join(cache, `node-red-${version}`, 'node_modules', 'node-red')];
  const isIt = (folder) => existsSync(join(folder, 'package.json')) && JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version === version;
  if (!folders.some(isIt)) await installInto(join(cache, `node-red-${version}`), `node-red@${version}`);
  return folders.find(isIt);
}

async function installInto(folder, wanted) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'kept-for-tests', private: true }));
  await npm(['install', wanted, '--no-package-lock', '--omit=dev'], { cwd: folder });
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules', 'node-red', 'package.json'), 'utf8'));
  const { passed = 0, failed = 0 } = await smoke({ node: process.versions.node.split('.')[0], nodeRed: version, tarball: await pack(), limitMs: 300_000 });
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
