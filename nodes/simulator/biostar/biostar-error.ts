/** A refusal of the simulated server: its response code and HTTP status (suprema-api A1.2, E). */
export class BiostarError extends Error {
  /** @param bare without the `Response` wrapper, as some v2 failures come */
  constructor(readonly code: number | string, readonly http = 400, message = 'The request was refused.', readonly bare = false) {
    super(message);
    this.name = 'BiostarError';
  }
}
