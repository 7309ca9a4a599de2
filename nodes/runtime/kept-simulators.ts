import type { NodeAPI } from 'node-red';
import { Simulator } from '../simulator/simulator';

type Settings = ConstructorParameters<typeof Simulator>[0];
interface Kept { settings: string; simulator: Simulator }

const byRuntime = new WeakMap<object, Map<string, Kept>>();

/**
 * A node's simulator: the one it had before, with its site, credits and cards, as long as its settings are the same. A
 * deploy must not wipe the site that somebody is trying things on.
 */
export function keptSimulator(RED: NodeAPI, nodeId: string, settings: Settings): Simulator {
  const kept = keptIn(RED);
  const known = kept.get(nodeId);
  const wanted = JSON.stringify(settings);
  if (known?.settings === wanted) return known.simulator;
  const simulator = new Simulator(settings);
  kept.set(nodeId, { settings: wanted, simulator });
  return simulator;
}

/** The node is gone from the flow, and its site with it. */
export function forgetSimulator(RED: NodeAPI, nodeId: string): void {
  keptIn(RED).delete(nodeId);
}

function keptIn(RED: NodeAPI): Map<string, Kept> {
  const known = byRuntime.get(RED.events);
  if (known !== undefined) return known;
  const kept = new Map<string, Kept>();
  byRuntime.set(RED.events, kept);
  return kept;
}
