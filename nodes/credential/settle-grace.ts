/**
 * How long after it was sent a request may still arrive at the site. Only a list that began later proves by an
 * absence that the site did not act.
 */
export const SETTLE_GRACE_MS = 120_000;
