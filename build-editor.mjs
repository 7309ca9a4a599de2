/**
 * The editor's half of the build: a page for each node type, and once for all of them, in resources/, what they share.
 * An editor loads all of it at its start, so nothing lies there twice and names are short.
 *
 * Node-RED serves resources/ of a package, and waits for a page's `<script src>` before it runs the rest of that page.
 * A module is loaded and run once, however many pages name it.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packageJson, root } from './set-up.mjs';

const EDITOR = join(root, 'nodes', 'editor');
const SHARED = 'shared.js';
/** Where what is shared hangs in the browser, by the names of its files. */
const GLOBAL = 'portalToDoor';

/** Writes `<type>.html` into `pages` and what they share into `resources`; resolves with how many bytes that is. */
export async function bundleEditor(types, { pages, resources }) {
  const shared = await sharedText();
  mkdirSync(resources, { recursive: true });
  writeFileSync(join(resources, SHARED), shared);
  let bytes = Buffer.byteLength(shared);
  for (const [type, script] of await scripts(types)) {
    const page = pageText(type, script);
    writeFileSync(join(pages, `${type}.html`), page);
    bytes += Buffer.byteLength(page);
  }
  return bytes;
}

/** Its template, then its script. Help comes from locales/ alone. */
function pageText(type, script) {
  const template = readFileSync(join(EDITOR, `${type}.html`), 'utf8').trimEnd().replace(/^\s+/gm, '');
  // A literal end tag inside the script would end it for the browser, wherever it stands.
  const inline = script.trimEnd().replaceAll('</script', '<\\/script');
  return `<script type="module" src="resources/${packageJson().name}/${SHARED}"></script>\n${template}\n<script type="text/javascript">\n${inline}\n</script>\n`;
}

/** The script of each type, without what is shared. */
async function scripts(types) {
  const exported = await exportedNames();
  const { outputFiles } = await bundled({
    entryPoints: types.map((type) => join(EDITOR, `${type}.ts`)), outdir: root, format: 'iife',
    plugins: [{
      name: 'shared',
      setup(build) {
        build.onResolve({ filter: /^\.\.?\/shared\/[a-z-]+$/ }, ({ path }) => ({ path: basename(path), namespace: 'shared', sideEffects: false }));
        build.onLoad({ filter: /.*/, namespace: 'shared' }, ({ path }) => ({ contents: `export const { ${exported.get(path).join(', ')} } = ${GLOBAL}['${path}'];` }));
      },
    }],
  });
  return outputFiles.map(({ path, text }) => [basename(path, '.js'), text]);
}

/** Everything under shared/ in one script, in reach of the pages. */
async function sharedText() {
  const names = [...(await exportedNames()).keys()];
  const contents = [
    ...names.map((name, index) => `import * as m${index} from './shared/${name}';`),
    `globalThis.${GLOBAL} = { ${names.map((name, index) => `'${name}': m${index}`).join(', ')} };`,
  ].join('\n');
  const { outputFiles: [{ text }] } = await bundled({ stdin: { contents, resolveDir: EDITOR }, format: 'iife' });
  return text;
}

/** What the files under shared/ export beside types, by the file's name; those without anything left out. */
async function exportedNames() {
  const { metafile } = await bundled({
    entryPoints: readdirSync(join(EDITOR, 'shared')).map((name) => join(EDITOR, 'shared', name)), outdir: root, format: 'esm', bundle: false, metafile: true,
  });
  return new Map(Object.entries(metafile.outputs).map(([path, { exports }]) => [basename(path, '.js'), exports]).filter(([, exports]) => exports.length > 0));
}

async function bundled(options) {
  const { build } = await import('esbuild');
  return build({
    bundle: true, write: false, minify: true, platform: 'browser', target: 'es2020', charset: 'utf8', legalComments: 'none', logLevel: 'silent',
    loader: { '.css': 'text', '.html': 'text', '.svg': 'text' }, ...options,
  });
}
