import { setTimeout as pause } from 'node:timers/promises';
import { storesOpened } from './open-stores';
import type { NodeTools } from './palette';

/** An order that `mc-access` sends when its store is open reaches a door within a few turns of the event loop. */
const DELIVERY_MS = 50;

/** What rules and emergencies ask of a door goes ahead of everybody who waits to open it. */
export function isOrder(payload: unknown): boolean {
  const source = (payload as { source?: unknown } | null | undefined)?.source;
  return source === 'fire' || source === 'lockdown' || source === 'schedule';
}

/**
 * Resolves when a door that has just started has heard what still holds, e.g. a lockdown that outlived a restart: once
 * the flows run, the stores are open and what is announced from them had time to arrive. Nothing opens before that.
 */
export async function standingOrders(tools: NodeTools): Promise<void> {
  await new Promise<void>((resolve) => {
    tools.whenStarted(resolve);
    // A node that closes before the flows have started waits for nothing.
    tools.atClose(resolve);
  });
  await storesOpened(tools.RED);
  await pause(DELIVERY_MS, undefined, { ref: false });
}
