import type { NodeAPI } from 'node-red';

const byRuntime = new WeakMap<object, Set<() => void>>();

/**
 * Calls `work` each time the flows have started, until the returned function is called. One listener for all nodes of
 * a runtime: with one each, a flow of a dozen doors would look like a leak to Node.
 */
export function onFlowsStarted(RED: NodeAPI, work: () => void): () => void {
  let all = byRuntime.get(RED.events);
  if (all === undefined) {
    const works = new Set<() => void>();
    RED.events.on('flows:started', () => { for (const one of [...works]) one(); });
    byRuntime.set(RED.events, (all = works));
  }
  const works = all.add(work);
  return () => { works.delete(work); };
}
