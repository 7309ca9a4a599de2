import { type Code, isBare, messageOf, statusOf } from './codes';

/** A refusal of BioStar: the code of its envelope, its words and its HTTP status. */
export class BioStarError extends Error {
  readonly status: number;
  /** True where the answer has no `Response` around it. */
  readonly bare: boolean;

  /** @param message the vendor's words for the code where none are given */
  constructor(readonly code: Code, message = messageOf(code)) {
    super(message);
    this.name = 'BioStarError';
    this.status = statusOf(code);
    this.bare = isBare(code);
  }
}
