import type { McError } from '../credential/mc-error';

/** A call that did not lead to a success, and what that means for the caller. Only folders of sites see it. */
export class Setback extends Error {
  /** The site may have acted. */
  readonly left: boolean;
  /** Asking again may help. */
  readonly again: boolean;
  /** It was the session that was refused. */
  readonly sessionLost: boolean;

  constructor(readonly error: McError, { left, again, sessionLost = false }: { left: boolean; again: boolean; sessionLost?: boolean }) {
    super(error.message);
    this.name = 'Setback';
    this.left = left;
    this.again = again;
    this.sessionLost = sessionLost;
  }
}

/** What a flow gets to see of it. */
export function plainError(error: unknown): unknown {
  return error instanceof Setback ? error.error : error;
}
