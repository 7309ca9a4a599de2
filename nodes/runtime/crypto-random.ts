import { randomInt, randomUUID } from 'node:crypto';
import type { RandomPort } from '../credential/random-port';

/** Unguessable numbers: a card number that can be guessed opens doors. */
export const cryptoRandom: RandomPort = {
  /** A digit string's worth at a time: randomInt is limited to ranges below 2^48. */
  below: (limit) => randomInt(limit),
  id: () => randomUUID(),
};
