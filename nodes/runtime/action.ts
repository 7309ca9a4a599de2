import { McError } from '../credential/mc-error';
import type { Message } from './palette';

/** The action a node was set to, else the message's; a set property wins. */
export function actionOf<T extends string>(chosen: string, msg: Message, actions: readonly T[]): T {
  return choiceOf(chosen, msg, 'action', actions);
}

/** As `actionOf`, for another property; `fallback` where neither says anything. */
export function choiceOf<T extends string>(chosen: string, msg: Message, name: string, choices: readonly T[], fallback?: T): T {
  const said = chosen !== '' ? chosen : msg[name];
  const wanted = said === undefined || said === null || said === '' ? fallback : said;
  const found = choices.find((choice) => choice === wanted);
  if (found !== undefined) return found;
  throw new McError(
    chosen !== '' ? 'CONFIG_INVALID' : 'INPUT_INVALID',
    `Unknown ${name}. Set "${name}" in the node, or msg.${name}, to one of: ${choices.join(', ')}.`,
  );
}
