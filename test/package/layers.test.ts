/** The arrows of the house: who may import whom. */
import assert from 'node:assert/strict';
import { sourceFiles, type SourceFile } from './source-files';

type Layer = 'palette' | 'runtime' | 'credential' | 'access' | 'field' | 'site' | 'store' | 'simulator' | 'editor' | 'cli';

/** Folders that a layer may import; `pure` = files of credential, access and field that reach nothing outside. */
const ARROWS: Record<Layer, (Layer | 'pure')[]> = {
  palette: ['runtime', 'credential', 'access', 'field', 'site', 'store', 'simulator'],
  runtime: ['credential', 'access', 'field', 'site', 'store', 'simulator'],
  site: ['credential', 'access'],
  store: ['credential', 'access'],
  field: ['credential', 'access'],
  access: ['credential'],
  credential: [],
  simulator: ['pure'],
  editor: ['pure'],
  cli: ['store', 'site', 'pure'],
};

/** Modules from outside that a layer may load. Everything else has one home. */
const OUTSIDE: Record<Layer, RegExp> = {
  palette: /^node-red$/,
  runtime: /^(node-red|csv-parse(\/.+)?|node:.+)$/,
  site: /^(axios|cockatiel|ws|node:.+)$/,
  store: /^(nedb|pg|node:.+)$/,
  field: /^(modbus-serial(\/.+)?|node:.+)$/,
  access: /^$/,
  credential: /^$/,
  // Not modbus-serial: its server is far too slow for a floor of doors.
  simulator: /^(ws|node:.+)$/,
  editor: /^node-red$/,
  cli: /^(node:.+)$/,
};

/** In field/, what must stay pure; the rest of it is the line. */
const PURE_FIELD = /^field\/(profile|profiles|card-format|card-formats|door-machine|door-types|controller-port)([/.-]|$)/;

const FORBIDDEN_IN_PURE = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'process', 'globalThis', 'fetch', 'RED', 'require'];

const files = sourceFiles();
const byPath = new Map(files.map((file) => [file.path, file]));

function layerOf(path: string): Layer {
  if (/^mc-[^/]+\.ts$/.test(path)) return 'palette';
  const folder = path.split('/')[0] as string;
  assert.ok(path.includes('/') && folder in ARROWS && folder !== 'palette', `nodes/${path} lies in no known folder`);
  return folder as Layer;
}

/** Why a file is not pure, itself or by what it loads; null where it is. */
function impurity(file: SourceFile, above: string[] = []): string | null {
  const outside = file.imports.find((found) => found.file === null);
  if (outside !== undefined) return `imports ${outside.specifier}`;
  const name = FORBIDDEN_IN_PURE.find((forbidden) => file.identifiers.has(forbidden));
  if (name !== undefined) return `uses ${name}`;
  for (const { file: path } of file.imports) {
    const next = path === null || above.includes(path) ? undefined : byPath.get(path);
    const why = next === undefined ? null : impurity(next, [...above, file.path]);
    if (why !== null) return `imports ${String(path)}, which ${why}`;
  }
  return null;
}

function isPure(path: string): boolean {
  if (!['credential', 'access', 'field'].includes(layerOf(path))) return false;
  const file = byPath.get(path);
  return file === undefined ? path.endsWith('.json') : impurity(file) === null;
}

function mayImport(from: Layer, path: string): boolean {
  const to = layerOf(path);
  if (to === from) return from !== 'palette';
  return ARROWS[from].includes(to) || (ARROWS[from].includes('pure') && isPure(path));
}

describe('layers', () => {
  it('has files to look at', () => {
    assert.ok(files.length > 20, `only ${String(files.length)} files`);
    assert.ok(files.some(({ imports }) => imports.some(({ file }) => file !== null)));
  });

  it('imports only along the arrows', () => {
    const wrong = files.flatMap(({ path, imports }) => imports
      .filter(({ file }) => file !== null && !mayImport(layerOf(path), file))
      .map(({ file }) => `nodes/${path} → nodes/${String(file)}`));
    assert.deepEqual(wrong, []);
  });

  it('imports only files that exist', () => {
    const wrong = files.flatMap(({ path, imports }) => imports
      .filter(({ file }) => file !== null && !byPath.has(file) && !/\.(json|css|html|svg)$/.test(file))
      .map(({ specifier }) => `nodes/${path} → ${specifier}`));
    assert.deepEqual(wrong, []);
  });

  it('loads each outside module in its own folder only', () => {
    const wrong = files.flatMap(({ path, imports }) => imports
      .filter(({ file, specifier }) => file === null && !OUTSIDE[layerOf(path)].test(specifier))
      .map(({ specifier }) => `nodes/${path} → ${specifier}`));
    assert.deepEqual(wrong, []);
  });

  it('takes only types from node-red: the runtime is handed to a node', () => {
    const wrong = files.filter(({ imports }) => imports.some(({ specifier, typeOnly }) => specifier === 'node-red' && !typeOnly));
    assert.deepEqual(wrong.map(({ path }) => path), []);
  });

  it('keeps the domain, the profiles, the card formats and the door machine pure', () => {
    const wrong = files
      .filter(({ path }) => /^(credential|access)\//.test(path) || PURE_FIELD.test(path))
      .flatMap((file) => { const why = impurity(file); return why === null ? [] : [`nodes/${file.path} ${why}`]; });
    assert.deepEqual(wrong, []);
  });

  it('has no cycle between files', () => {
    assert.deepEqual(cycles(), []);
  });
});

/** Each cycle once, as `a → b → a`. Types count too: two files that need each other's words are one idea. */
function cycles(): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, above: string[]): void => {
    const at = above.indexOf(path);
    if (at >= 0) {
      found.push([...above.slice(at), path].join(' → '));
      return;
    }
    if (done.has(path)) return;
    for (const { file } of byPath.get(path)?.imports ?? []) if (file !== null) visit(file, [...above, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return found;
}
