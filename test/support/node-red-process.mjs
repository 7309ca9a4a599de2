/** A whole Node-RED in a process of its own, on loopback, with a user directory of its own. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;
const LOG_LINES = 400;

/** Settings of a Node-RED that asks nobody outside and listens to nobody outside. */
function settings({ port, nodesDir, flowFile }) {
  return `module.exports = ${JSON.stringify({
    uiHost: '127.0.0.1', uiPort: port, flowFile, credentialSecret: 'a demonstration has nothing to hide',
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false, page: { title: 'Portal to door' }, projects: { enabled: false } },
    logging: { console: { level: 'info', metrics: false, audit: false } },
    ...(nodesDir === undefined ? {} : { nodesDir }),
  }, null, 2)};\n`;
}

/**
 * Starts Node-RED and resolves once its flows run, with `{ url, log, get, post, stop, exited }`. Rejects, with the
 * log in the message, where it does not come up.
 */
export async function startNodeRed({ node = process.execPath, nodeRedFolder, userDir, port, nodesDir, flowFile = 'flows.json', onLine = () => {} }) {
  mkdirSync(userDir, { recursive: true });
  const settingsFile = join(userDir, 'settings.js');
  writeFileSync(settingsFile, settings({ port, nodesDir, flowFile }));
  // The log's own words are waited for below: they follow the system's language.
  const env = { ...process.env, LC_ALL: 'C' };
  delete env.NODE_V8_COVERAGE;
  delete env.NODE_OPTIONS;
  // What is simulated here is not to be asked of a proxy.
  for (const name of ['NO_PROXY', 'no_proxy']) env[name] = [env[name], '127.0.0.1', 'localhost'].filter(Boolean).join(',');
  const child = spawn(node, [join(nodeRedFolder, 'red.js'), '-u', userDir, '-s', settingsFile], { cwd: userDir, stdio: ['ignore', 'pipe', 'pipe'], env });
  const log = [];
  const exited = new Promise((resolve) => { child.once('error', (error) => resolve(error.message)).once('close', (code, signal) => resolve(signal ?? code)); });
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        log.push(line);
        if (log.length > LOG_LINES) log.shift();
        onLine(line);
      }
    });
  }
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    const how = await exited;
    clearTimeout(timer);
    return how;
  };

  const deadline = Date.now() + START_LIMIT_MS;
  let gone = null;
  void exited.then((how) => { gone = how; });
  // The two lines come in either order, as the version has it.
  while (![/Started flows/, /Server now running/].every((sign) => log.some((line) => sign.test(line)))) {
    const missing = log.some((line) => /Waiting for missing types/.test(line));
    if (gone !== null || missing || Date.now() > deadline) {
      if (gone === null) await stop();
      const what = missing ? 'lacks node types' : gone === null ? `did not come up within ${START_LIMIT_MS / 1000} s` : `ended with ${gone}`;
      throw new Error(`Node-RED ${what}:\n${log.slice(-30).join('\n')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url, log, exited, stop,
    /** Answer of the admin API, parsed where it is JSON; rejects unless 2xx. */
    get: (path, headers = {}) => ask(`${url}${path}`, { headers }),
    post: (path, body, headers = {}) => ask(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body ?? {}) }),
  };
}

export async function ask(address, options = {}) {
  const answer = await fetch(address, { signal: AbortSignal.timeout(20_000), ...options });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${options.method ?? 'GET'} ${new URL(address).pathname} answered ${answer.status}: ${text.slice(0, 300)}`);
  return (answer.headers.get('content-type') ?? '').includes('json') ? JSON.parse(text) : text;
}
