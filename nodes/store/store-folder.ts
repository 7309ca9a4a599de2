import { lstatSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { McError } from '../credential/mc-error';

/**
 * The folder of a store: inside the user directory, `mobile-credential/<id>` where none is named. One that leads
 * outside, by `..` or by a symbolic link, is CONFIG_INVALID.
 */
export function resolveStoreFolder(userDir: string, folder: string, id: string): string {
  const root = realpathOfNearest(resolve(userDir));
  const wanted = folder === '' ? join('mobile-credential', id.replace(/[^\w.-]/g, '_')) : folder;
  if (wanted.includes('\0')) throw outside();
  const path = realpathOfNearest(resolve(root, wanted));
  const inside = relative(root, path);
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    throw outside();
  }
  return path;
}

function outside(): McError {
  return new McError('CONFIG_INVALID', '"folder" must lie inside the Node-RED user directory, for example "mobile-credential/front".');
}

/** The real path of what exists of it, and the rest as written. */
function realpathOfNearest(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // A link that leads nowhere yet would lead outside once there is something. What is there and is no link was
    // made just now, by another store that opens.
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there?.isSymbolicLink() === true) throw outside();
    if (there !== undefined) return realpathSync(path);
    const parent = dirname(path);
    return parent === path ? path : join(realpathOfNearest(parent), path.slice(parent.length + (parent.endsWith(sep) ? 0 : 1)));
  }
}
