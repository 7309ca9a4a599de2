/** What an event is, in a word that flows switch on. */
export const EVENT_KINDS = [
  'granted', 'denied', 'auth-failed', 'blacklisted', 'duress', 'forced-open', 'forced-open-cleared', 'held-open', 'held-open-cleared',
  'tamper', 'door-opened', 'door-closed', 'door-locked', 'door-unlocked', 'door-command', 'apb', 'user', 'device', 'other',
] as const;

export type EventKind = (typeof EVENT_KINDS)[number];
