import type { PlannedPoll } from '../../field/line-load';
import { inputPoll, readerPoll } from '../../field/planned-polls';
import { profileOf } from './controller-profile';
import { editor } from './red';

/** What the doors and readers of the flows will ask on a line, as far as it is known here: a variable is not. */
export function pollsOn(lineId: string): PlannedPoll[] {
  const polls: PlannedPoll[] = [];
  const inputs = new Map<string, number>();
  editor.eachNode((node) => {
    const controller = typeof node['controller'] === 'string' ? node['controller'] : '';
    const everyMs = Number(node['pollMs']);
    if (controller === '' || node['d'] === true || !(everyMs > 0) || editor.node(controller)?.['line'] !== lineId) return;
    if (node.type === 'mc-door' && ['contact', 'exit', 'tamper'].some((name) => (node[name] ?? '') !== '')) {
      inputs.set(controller, Math.min(everyMs, inputs.get(controller) ?? Infinity));
    }
    const reader = node.type === 'mc-reader' ? profileOf(controller)?.readers[Number(node['reader']) - 1] : undefined;
    const poll = reader === undefined ? null : readerPoll(reader, everyMs);
    if (poll !== null) polls.push(poll);
  });
  for (const [controller, everyMs] of inputs) {
    const profile = profileOf(controller);
    const poll = profile === null ? null : inputPoll(profile, everyMs);
    if (poll !== null) polls.push(poll);
  }
  return polls;
}
