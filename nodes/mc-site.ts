import type { NodeAPI } from 'node-red';
import { registerSite } from './runtime/site-node';

export default function (RED: NodeAPI): void {
  registerSite(RED);
}
