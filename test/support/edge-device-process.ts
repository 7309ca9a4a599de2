import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { EdgeOrder, EdgeReport } from './edge-device';

export interface EdgeDevice {
  readonly port: number;
  measure(order: EdgeOrder): Promise<EdgeReport>;
  stop(): void;
}

/** Starts edge-device, compiled, in a process of its own on a port of its own. */
export async function startEdgeDevice(serviceMs: number): Promise<EdgeDevice> {
  const child = fork(join(__dirname, 'edge-device.js'), [String(serviceMs)]);
  const port = await told<number>(child);
  return {
    port,
    measure: (order) => {
      child.send(order);
      return told<EdgeReport>(child);
    },
    stop: () => { child.disconnect(); },
  };
}

/** The next thing it says. */
function told<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (): void => { reject(new Error('the device ended')); };
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as T);
    });
  });
}
