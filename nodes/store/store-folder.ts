import { lstatSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { McError } from '../credential/mc-error';

/**
 * The folder of a store: inside the user directory, `mobile-credential/<id>` where none is named. One that leads
 * outside, by `..` or by a symbolic link, is CONFIG_INVALID.
 */
export function resolveStoreFolder(userDir: string, folder: string, id: string): string {
  return resolveInside(userDir, folder === '' ? join('mobile-credential', id.replace(/[^\w.-]/g, '_')) : folder, 'folder', 'mobile-credential/front');
}

/** The real path of something inside the user directory; CONFIG_INVALID names the property where it leads outside. */
export function resolveInside(userDir: string, wanted: string, property: string, example: string): string {
  const outside = (): McError => new McError('CONFIG_INVALID', `"${property}" must lie inside the Node-RED user directory, for example "${example}".`);
  const root = realpathOfNearest(resolve(userDir), outside);
  if (wanted.includes('\0')) throw outside();
  const path = realpathOfNearest(resolve(root, wanted), outside);
  const inside = relative(root, path);
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) throw outside();
  return path;
}

/** The real path of what exists of it, and the rest as written. */
function realpathOfNearest(path: string, outside: () => McError): string {
  try {
    return realpathSync(path);
  } catch {
    // A link that leads nowhere yet would lead outside once there is something. What is there and is no link was
    // made just now, by another store that opens.
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there?.isSymbolicLink() === true) throw outside();
    if (there !== undefined) return realpathSync(path);
    const parent = dirname(path);
    return parent === path ? path : join(realpathOfNearest(parent, outside), path.slice(parent.length + (parent.endsWith(sep) ? 0 : 1)));
  }
}
