import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface PlainDevice { modbus: number; echo: number; stop: () => void }

/** Starts plain-device in a process of its own. */
export async function startPlainDevice(): Promise<PlainDevice> {
  const child = spawn(process.execPath, [join(__dirname, 'plain-device.js')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', resolve);
    child.once('exit', () => { reject(new Error('the device ended')); });
  });
  const ports = JSON.parse(line) as { modbus: number; echo: number };
  return { ...ports, stop: () => { child.stdin.end(); } };
}
