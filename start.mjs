/**
 * Opens the demonstration: Node-RED with the flow `flows/01-portal-to-door.json` and its simulator, all on loopback.
 *
 *   npm start                 until Ctrl-C; prints the addresses of the editor and of the simulator's page
 *   npm start -- --keep       the same, with the flows and the store of the last time
 *   npm start -- --once       plays the whole journey without a browser, one line a step, and exits 0 if all held
 */
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build, isStale } from './build.mjs';
import { cache, packageJson, root, setUp } from './set-up.mjs';
import { demoFlow } from './test/support/demo-flow.mjs';
import { freePort } from './test/support/free-port.mjs';
import { startNodeRed } from './test/support/node-red-process.mjs';

const EDITOR_PORT = 1880;

const args = process.argv.slice(2);
const once = args.includes('--once');
const keep = args.includes('--keep') && !once;
const strange = args.filter((arg) => !['--once', '--keep'].includes(arg));
if (strange.length > 0) {
  console.error(`Unknown: ${strange.join(' ')}. There are --once (play the journey and exit) and --keep (go on with the last flows).`);
  process.exit(2);
}

await setUp();
if (isStale()) {
  await build({ lenient: false, log: () => {} }).catch((error) => {
    console.error(`The build failed:\n${error.message}`);
    process.exit(1);
  });
}

const userDir = join(cache, once ? 'demo-once' : 'demo');
const nodeRedFolder = join(root, 'node_modules', 'node-red');
const known = keep && existsSync(join(userDir, 'flows.json'));
if (!known) rmSync(userDir, { recursive: true, force: true });
linkPackage(userDir);

let nodeRed = null;
let ending = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    if (ending) return;
    ending = true;
    console.log('\nEnding …');
    void (nodeRed?.stop() ?? Promise.resolve()).then(() => process.exit(once ? 130 : 0));
  });
}

try {
  nodeRed = await startNodeRed({ nodeRedFolder, userDir, port: await freePort(once ? 0 : EDITOR_PORT) });
  const { flow, httpPort } = await demoFlow(join(root, 'examples', '01-portal-to-door.json'));
  if (!known) await nodeRed.post('/flows', { flows: flow }, { 'Node-RED-API-Version': 'v2', 'Node-RED-Deployment-Type': 'full' });
  const simulatorUrl = `http://127.0.0.1:${known ? await deployedHttpPort() : httpPort}/`;
  if (once) await playOnce(simulatorUrl);
  else await stayOpen(simulatorUrl);
} catch (error) {
  if (!ending) {
    console.error(error.message);
    await nodeRed?.stop();
    process.exitCode = 1;
  }
}

/** The package as if it were installed in the user directory: its nodes, examples and words, straight from here. */
function linkPackage(folder) {
  const link = join(folder, 'node_modules', ...packageJson().name.split('/'));
  mkdirSync(dirname(link), { recursive: true });
  if (!existsSync(link)) symlinkSync(root, link, 'junction');
}

async function deployedHttpPort() {
  const flows = await nodeRed.get('/flows');
  return flows.find(({ type }) => type === 'mc-simulator')?.httpPort ?? 18700;
}

async function stayOpen(simulatorUrl) {
  console.log(`
  Node-RED with the demonstration flow   ${nodeRed.url}/
  The simulated site, doors and phones   ${simulatorUrl}

  Open both side by side and press the buttons of the flow from top to bottom. Ctrl-C ends it.
`);
  const how = await nodeRed.exited;
  if (!ending) throw new Error(`Node-RED ended with ${how}:\n${nodeRed.log.slice(-20).join('\n')}`);
}

async function playOnce(simulatorUrl) {
  const { playJourney } = await import('./start-once.mjs');
  const { passed, failed } = await playJourney({ nodeRed, nodeRedFolder, simulatorUrl });
  if (failed > 0) console.log(`\nNode-RED said:\n${nodeRed.log.slice(-20).join('\n')}`);
  ending = true;
  await nodeRed.stop();
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
