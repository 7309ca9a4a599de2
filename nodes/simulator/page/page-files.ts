import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDER = join(__dirname, 'files');

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml',
};

/** Files of the page by the path they are served at. Nothing else of the disk can be asked for. */
const FILES: Readonly<Record<string, string>> = {
  '/': 'index.html',
  '/sim/page.css': 'page.css',
  '/sim/icon.svg': 'icon.svg',
  ...Object.fromEntries(['page', 'connection', 'credentials', 'doors', 'element', 'log', 'messages', 'readers', 'site'].map((name) => [`/sim/${name}.js`, `${name}.js`])),
};

/** Null where the page has no such file. */
export async function pageFile(path: string): Promise<{ type: string; content: Buffer } | null> {
  const name = Object.hasOwn(FILES, path) ? FILES[path] : undefined;
  if (name === undefined) return null;
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
  return { type, content: await readFile(join(FOLDER, name)) };
}
