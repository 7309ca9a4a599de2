import { randomInt, randomUUID } from 'node:crypto';
import type { RandomPort } from '../credential/random-port';

/** Unguessable numbers: a card number that can be guessed opens doors. */
export const cryptoRandom: RandomPort = {
  below: (limit) => randomInt(limit),
  id: () => randomUUID(),
};
