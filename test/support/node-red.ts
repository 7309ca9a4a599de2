/** A whole Node-RED in a process of its own, with this package installed as npm would: the built files, copied. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const START_LIMIT_MS = 60_000;
const DEPLOY_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 10_000;
/** Packages the built files need; where they lie beside the package in a user's directory, they lie here in tests. */
const MODULES = resolve('node_modules');
const STARTED = /Started (modified )?(flows|nodes)/g;

export interface StartOptions {
  /** Deployed before the promise resolves; nodes may carry a `credentials` object. */
  flows?: readonly object[];
  /** Added to the settings file; must survive JSON. */
  settings?: Readonly<Record<string, unknown>>;
  /** Added to the environment, for `${VAR}` in flows. */
  env?: Readonly<Record<string, string>>;
  /** A user directory to go on with; by default a new one, removed at the end. */
  userDir?: string;
}

export interface RunningNodeRed {
  /** `http://127.0.0.1:<port>` without a slash at the end. */
  readonly url: string;
  readonly userDir: string;
  /** Ends the process; resolves with its exit code, or the signal that was needed. Safe to call twice. */
  stop(): Promise<number | string | null>;
  /** All that Node-RED printed so far. */
  log(): string;
  /** A full deploy; resolves once the flows run. Credentials by node id. */
  deploy(flows: readonly object[], credentials?: Readonly<Record<string, Record<string, string>>>): Promise<void>;
}

/** Starts Node-RED on a free port of loopback. Needs dist/ (`node build.mjs`). Rejects with the log where it fails. */
export async function startNodeRed({ flows, settings = {}, env = {}, userDir: given }: StartOptions = {}): Promise<RunningNodeRed> {
  const userDir = given ?? mkdtempSync(join(tmpdir(), 'mc-node-red-'));
  const removeUserDir = (): void => { if (given === undefined) rmSync(userDir, { recursive: true, force: true }); };
  let running: Process | null = null;
  try {
    installPackage(userDir);
    const port = await freePort();
    const settingsFile = join(userDir, 'settings.js');
    writeFileSync(settingsFile, settingsText(port, settings));
    running = new Process(userDir, settingsFile, env);
    const node = running;
    await node.logged((log) => /Server now running/.test(log) && log.search(STARTED) >= 0, START_LIMIT_MS, 'come up');
    const url = `http://127.0.0.1:${port}`;
    const deploy: RunningNodeRed['deploy'] = async (next, credentials) => {
      const before = count(node.log);
      await postFlows(url, next, credentials);
      await node.logged((log) => count(log) > before, DEPLOY_LIMIT_MS, 'start the deployed flows');
    };
    if (flows !== undefined) await deploy(flows);
    return {
      url, userDir, deploy,
      log: () => node.log,
      stop: async () => {
        const how = await node.stop();
        removeUserDir();
        return how;
      },
    };
  } catch (error) {
    await running?.stop();
    removeUserDir();
    throw error;
  }
}

/** The child process, what it printed and how it ended. */
class Process {
  log = '';
  private readonly child: ChildProcess;
  private readonly exited: Promise<number | string | null>;
  private ended = false;

  constructor(userDir: string, settingsFile: string, env: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, [join(MODULES, 'node-red', 'red.js'), '-u', userDir, '-s', settingsFile], {
      cwd: userDir, stdio: ['ignore', 'pipe', 'pipe'], env: { ...inherited(), LC_ALL: 'C', NODE_PATH: MODULES, ...env },
    });
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => { this.log += text; });
    this.exited = new Promise((ended) => {
      this.child.once('error', (error) => { ended(error.message); }).once('close', (code, signal) => { ended(signal ?? code); });
    });
    void this.exited.then(() => { this.ended = true; });
  }

  async logged(holds: (log: string) => boolean, limitMs: number, what: string): Promise<void> {
    const deadline = Date.now() + limitMs;
    while (!holds(this.log)) {
      if (this.ended) throw new Error(`Node-RED ended before it could ${what}:\n${this.tail()}`);
      if (Date.now() > deadline) throw new Error(`Node-RED did not ${what} within ${limitMs / 1000} s:\n${this.tail()}`);
      await new Promise((wake) => setTimeout(wake, 25));
    }
  }

  async stop(): Promise<number | string | null> {
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => { this.child.kill('SIGKILL'); }, STOP_LIMIT_MS);
    const how = await this.exited;
    clearTimeout(timer);
    return how;
  }

  private tail(): string {
    return this.log.split('\n').slice(-30).join('\n');
  }
}

/** What npm puts into a user directory, without the package's own dependencies. */
function installPackage(userDir: string): void {
  if (!existsSync('dist')) throw new Error('There is no dist/ yet. Run `node build.mjs` first.');
  const { name } = JSON.parse(readFileSync('package.json', 'utf8')) as { name: string };
  const folder = join(userDir, 'node_modules', ...name.split('/'));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const part of ['package.json', 'dist', 'resources', 'examples']) {
    if (existsSync(part)) cpSync(part, join(folder, part), { recursive: true });
  }
}

/** Asks nobody outside and listens to nobody outside. */
function settingsText(port: number, more: Readonly<Record<string, unknown>>): string {
  return `module.exports = ${JSON.stringify({
    uiHost: '127.0.0.1', uiPort: port, flowFile: 'flows.json', credentialSecret: 'for a test only',
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false, projects: { enabled: false }, ...(more['editorTheme'] as object | undefined) },
    logging: { console: { level: 'info', metrics: false, audit: false } },
    ...Object.fromEntries(Object.entries(more).filter(([key]) => key !== 'editorTheme')),
  }, null, 2)};\n`;
}

/** Our environment, less what would measure or change the child. */
function inherited(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  delete env['NODE_V8_COVERAGE'];
  delete env['NODE_OPTIONS'];
  return env;
}

async function postFlows(url: string, flows: readonly object[], credentials?: Readonly<Record<string, Record<string, string>>>): Promise<void> {
  const answer = await fetch(`${url}/flows`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'Node-RED-API-Version': 'v2', 'Node-RED-Deployment-Type': 'full' },
    body: JSON.stringify(credentials === undefined ? { flows } : { flows, credentials }),
    signal: AbortSignal.timeout(DEPLOY_LIMIT_MS),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`POST /flows answered ${answer.status}: ${text.slice(0, 300)}`);
}

function count(log: string): number {
  return log.match(STARTED)?.length ?? 0;
}

/** A port on loopback that nobody listens on. */
function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer().once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => { found(port); });
    });
  });
}
