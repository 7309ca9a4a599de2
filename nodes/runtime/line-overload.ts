import type { ControllerLoan } from './controller-node';
import type { NodeStatus } from './node-status';

/** From here on the line is said to be asked too much, and below the other no more. */
const TOO_MUCH = 1;
const FINE_AGAIN = 0.9;

/** A yellow status while the polls on the line ask for more time than there is. Returns the end of it. */
export function warnOfOverload(controller: ControllerLoan, status: NodeStatus): () => void {
  let warned = false;
  return controller.onLoad((load) => {
    const now = load > (warned ? FINE_AGAIN : TOO_MUCH);
    if (now !== warned) status.setWarning('line', now ? 'line-overloaded' : null);
    warned = now;
  });
}
