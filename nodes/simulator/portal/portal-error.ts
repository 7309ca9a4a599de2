/** A refusal of the portal: its HTTP status, words, and where it has one its own code (`u1001`). */
export class PortalError extends Error {
  constructor(readonly status: number, message: string, readonly code?: string) {
    super(message);
    this.name = 'PortalError';
  }
}
