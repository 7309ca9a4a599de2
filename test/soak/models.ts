/**
 * The property tests of money with many more runs than the tests have: the desk and its outbox against a site that loses
 * answers (20,000), bulk imports (5,000). They are the tests themselves, judged by the site's books.
 */
import { spawnSync } from 'node:child_process';
import { extname, join } from 'node:path';

const RUNS = { DESK_RUNS: '20000', IMPORT_RUNS: '5000' };
const loader = extname(__filename) === '.ts' ? ['--require', 'tsx'] : [];
const files = ['desk-model', 'import'].map((name) => join(__dirname, '..', 'credential', `${name}.test${extname(__filename)}`));
const { status } = spawnSync(process.execPath, [
  require.resolve('mocha/bin/mocha.js'), '--no-config', '--no-package', ...loader, '--timeout', '3600000', '--grep', 'credit', ...files,
], { stdio: 'inherit', env: { ...process.env, ...RUNS } });
console.log(`${new Date().toISOString()}: ${Object.entries(RUNS).map(([name, runs]) => `${name} ${runs}`).join(', ')}`);
process.exitCode = status ?? 1;
