import type { NodeAPI } from 'node-red';
import { registerLine } from './runtime/line-node';

export default function (RED: NodeAPI): void {
  registerLine(RED);
}
