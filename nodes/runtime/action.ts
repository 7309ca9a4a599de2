import { McError } from '../credential/mc-error';
import type { Message } from './palette';

/** The action a node was set to, else the message's; a set property wins. */
export function actionOf<T extends string>(chosen: string, msg: Message, actions: readonly T[]): T {
  const wanted = chosen !== '' ? chosen : msg['action'];
  const found = actions.find((action) => action === wanted);
  if (found !== undefined) return found;
  throw new McError(
    chosen !== '' ? 'CONFIG_INVALID' : 'INPUT_INVALID',
    `Unknown action. Set "action" in the node, or msg.action, to one of: ${actions.join(', ')}.`,
  );
}
