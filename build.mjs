/**
 * Builds dist/, resources/ and examples/ from the sources: what Node-RED loads and nothing else. Any error ends it with exit code 1
 * and leaves no dist/ behind. `--lenient` lets parts of a node be missing, while somebody is still writing them.
 *
 * Node-RED looks for icons/ and locales/ beside a node's .js file, for resources/ and examples/ at the package root.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleEditor } from './build-editor.mjs';
import { cache, packageJson, root, run, seconds, setUp } from './set-up.mjs';

/** What may lie in the source folders; everything else is a file that somebody forgot, and fails the build. */
const KNOWN = [
  { folder: 'nodes', files: /^(mc-[a-z-]+\.ts|(credential|access|field|site|store|runtime|cli)\/([a-z0-9-]+\/)*[a-z0-9-]+\.(ts|json)|(editor)\/([a-z0-9-]+\/)*[a-z0-9-]+\.(ts|html|css)|simulator\/([a-z0-9-]+\/)*[a-z0-9-]+\.(ts|html|css|js|svg|json))$/ },
  { folder: 'icons', files: /^[a-z0-9-]+\.svg$/ },
  { folder: 'locales', files: /^[a-z]{2}(-[A-Z]{2})?\/mc-[a-z-]+\.(json|html)$/ },
  { folder: 'flows', files: /^[a-z0-9-]+\.json$/ },
];

const PAGE = 'nodes/simulator/page';
/** Its time is that of the last build; outside dist/, so that it is not packed. */
const BUILT = join(cache, 'built');

/**
 * Builds everything, beside dist/ and at its depth (source maps hold relative paths), then puts it in its place.
 * Rejects with an error whose message lists all that is wrong.
 */
export async function build({ lenient = false, log = console.log } = {}) {
  const from = Date.now();
  const types = nodeTypes();
  const stage = mkdtempSync(join(root, '.dist-'));
  try {
    const problems = [...unknownFiles(), ...invalidJson(), ...missingParts(types)];
    const lacking = lenient ? problems.filter(({ missing }) => missing !== true) : problems;
    if (lacking.length > 0) throw new Error(lacking.map(({ text }) => text).join('\n'));

    const present = types.filter((type) => ['html', 'ts'].every((end) => existsSync(join(root, 'nodes', 'editor', `${type}.${end}`))));
    const done = await Promise.allSettled([compileRuntime(stage, log), checkEditor(log), buildEditor(present, stage, log)]);
    const failures = done.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.message);
    if (failures.length > 0) throw new Error(failures.join('\n'));
    copyAssets(stage, log);
    publish(stage);
    log(`Built dist/, resources/ and examples/ in ${seconds(from)}.`);
  } catch (error) {
    rmSync(join(root, 'dist'), { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** True where dist/ is missing or something it is made from is newer. */
export function isStale() {
  if (!existsSync(BUILT) || !existsSync(join(root, 'dist')) || !existsSync(join(root, 'resources'))) return true;
  const at = statSync(BUILT).mtimeMs;
  const sources = ['nodes', 'icons', 'locales', 'flows'].flatMap((folder) => walk(join(root, folder)));
  return [...sources, ...['package.json', 'tsconfig.json', 'tsconfig.build.json', 'tsconfig.editor.json', 'build.mjs', 'build-editor.mjs'].map((name) => join(root, name))]
    .some((path) => existsSync(path) && statSync(path).mtimeMs > at);
}

function nodeTypes() {
  return Object.entries(packageJson()['node-red'].nodes).map(([type, entry]) => {
    if (entry !== `dist/${type}.js`) throw new Error(`package.json: node-red.nodes.${type} should be dist/${type}.js, not ${entry}`);
    return type;
  });
}

async function compileRuntime(stage, log) {
  const from = Date.now();
  await tsc(['-p', 'tsconfig.build.json', '--outDir', stage]);
  log(`  runtime compiled in ${seconds(from)}`);
}

async function checkEditor(log) {
  if (!existsSync(join(root, 'tsconfig.editor.json'))) return;
  const from = Date.now();
  await tsc(['-p', 'tsconfig.editor.json', '--noEmit']);
  log(`  editor types checked in ${seconds(from)}`);
}

function tsc(args) {
  return run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), ...args]).catch((error) => {
    throw new Error(`tsc ${args[1]}:\n${error.output}`);
  });
}

async function buildEditor(types, stage, log) {
  const from = Date.now();
  const bytes = await bundleEditor(types, { pages: stage, resources: join(stage, 'resources') });
  log(`  ${types.length} editor pages and what they share bundled in ${seconds(from)}: ${Math.round(bytes / 1000)} kB`);
}

function copyAssets(stage, log) {
  const copied = [['icons', 'icons'], ['locales', 'locales'], [PAGE, 'simulator/page']]
    .filter(([source]) => existsSync(join(root, source)))
    .map(([source, target]) => {
      cpSync(join(root, source), join(stage, target), { recursive: true, filter: (path) => extname(path) !== '.ts' });
      return source;
    });
  cpSync(join(root, 'nodes', 'access', 'rules', 'rules-schema.json'), join(stage, 'resources', 'rules-schema.json'));
  log(`  copied ${copied.join(', ')} and the schema of rules`);
}

/** Puts the finished build in place of the former one. */
function publish(stage) {
  for (const folder of ['dist', 'resources', 'examples']) rmSync(join(root, folder), { recursive: true, force: true });
  renameSync(join(stage, 'resources'), join(root, 'resources'));
  renameSync(stage, join(root, 'dist'));
  mkdirSync(join(root, 'examples'));
  for (const flow of walk(join(root, 'flows'))) cpSync(flow, join(root, 'examples', basename(flow)));
  writeFileSync(BUILT, '');
}

function unknownFiles() {
  return KNOWN.flatMap(({ folder, files }) => walk(join(root, folder))
    .filter((path) => !files.test(slashed(relative(join(root, folder), path))))
    .map((path) => ({ text: `${slashed(relative(root, path))}: no file of this name belongs here` })));
}

function invalidJson() {
  return ['nodes', 'locales', 'flows'].flatMap((folder) => walk(join(root, folder))).filter((path) => extname(path) === '.json').flatMap((path) => {
    try {
      JSON.parse(readFileSync(path, 'utf8'));
      return [];
    } catch (error) {
      return [{ text: `${slashed(relative(root, path))}: ${error.message}` }];
    }
  });
}

/** Every node type needs each of its parts, and every part a node type. */
function missingParts(types) {
  const languages = new Set(['en-US', ...(existsSync(join(root, 'locales')) ? readdirSync(join(root, 'locales')) : [])]);
  const needed = types.flatMap((type) => [
    `nodes/${type}.ts`, `nodes/editor/${type}.ts`, `nodes/editor/${type}.html`, `icons/${type}.svg`,
    ...[...languages].flatMap((language) => [`locales/${language}/${type}.json`, `locales/${language}/${type}.html`]),
  ]);
  const orphans = [...walk(join(root, 'locales')), ...walk(join(root, 'nodes', 'editor')), ...walk(join(root, 'nodes'))]
    .filter((path) => /^(nodes|nodes\/editor|locales\/[^/]+)\/mc-[^/]+$/.test(slashed(relative(root, path))))
    .filter((path) => !types.includes(basename(path, extname(path))));
  const flows = walk(join(root, 'flows'));
  return [
    ...needed.filter((path) => !existsSync(join(root, path))).map((path) => ({ missing: true, text: `${path} is missing` })),
    ...[...new Set(orphans)].map((path) => ({ missing: true, text: `${slashed(relative(root, path))}: package.json names no such node type` })),
    ...(flows.length === 0 ? [{ missing: true, text: 'flows/ holds no example' }] : []),
  ];
}

function walk(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]));
}

function slashed(path) {
  return path.split(sep).join('/');
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) {
  await setUp();
  await build({ lenient: process.argv.includes('--lenient') }).catch((error) => {
    console.error(`The build failed:\n${error.message}`);
    process.exitCode = 1;
  });
}
