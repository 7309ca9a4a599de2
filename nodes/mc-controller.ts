import type { NodeAPI } from 'node-red';
import { registerController } from './runtime/controller-node';

export default function (RED: NodeAPI): void {
  registerController(RED);
}
