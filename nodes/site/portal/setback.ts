import type { McError } from '../../credential/mc-error';

/** A call that did not lead to a success, and what that means for the caller. It never leaves this folder. */
export class Setback extends Error {
  /** The site may have acted. */
  readonly left: boolean;
  /** Asking again may help. */
  readonly again: boolean;
  /** HTTP status, or null where no answer came. */
  readonly status: number | null;

  constructor(readonly error: McError, { left, again, status = null }: { left: boolean; again: boolean; status?: number | null }) {
    super(error.message);
    this.name = 'Setback';
    this.left = left;
    this.again = again;
    this.status = status;
  }
}

/** What a flow gets to see of it. */
export function plainError(error: unknown): unknown {
  return error instanceof Setback ? error.error : error;
}
