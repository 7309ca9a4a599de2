/** The peer of the benchmark edge-to-coil, as npm installs it. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const PACKAGE = {
  name: 'edge-to-coil', version: '1.0.0', private: true,
  dependencies: { 'node-red-contrib-modbus': '5.60.2' },
  // Its own fork lies outside the registry; only custom functions and deformed answers use what the fork adds.
  overrides: { '@openp4nr/modbus-serial': 'npm:modbus-serial@8.0.25' },
};

export const PEER_NAME = 'node-red-contrib-modbus 5.60.2';
export const PEER_CAVEAT = 'npm:modbus-serial@8.0.25 stands in for its off-registry fork @openp4nr/modbus-serial 8.4.0';

/** Installs it into a user directory of Node-RED. Install scripts stay out: they build serial ports. */
export async function installPeer(userDir: string): Promise<void> {
  writeFileSync(join(userDir, 'package.json'), JSON.stringify(PACKAGE, null, 2));
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], {
    cwd: userDir, env: withoutOuterNpm(), shell: process.platform === 'win32',
  });
}

/** What an npm around us says of its own package would send this one there. */
function withoutOuterNpm(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_package_|npm_lifecycle_|npm_command$|npm_config_(local_)?prefix$|INIT_CWD$)/i.test(name)));
}
