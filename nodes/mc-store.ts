import type { NodeAPI } from 'node-red';
import { registerStore } from './runtime/store-node';

export default function (RED: NodeAPI): void {
  registerStore(RED);
}
