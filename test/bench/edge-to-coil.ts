/**
 * From an input's edge to the coil that follows it, these nodes beside node-red-contrib-modbus, in one Node-RED on one
 * simulated device that takes 5 or 20 ms for a request. The time is taken at the device. One side after the other, never
 * both at once, since two flows on two cores would measure each other; which side is first changes from case to case,
 * and each starts with a deploy and a device process of its own. Prints figures; fails only where nothing was measured.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EdgeReport } from '../support/edge-device';
import { startEdgeDevice } from '../support/edge-device-process';
import { type EdgeCase, NO_FLOW, ourFlow, peerFlow, POLL_MS } from '../support/edge-flows';
import { installPeer, PEER_CAVEAT, PEER_NAME } from '../support/edge-peer';
import { type RunningNodeRed, startNodeRed } from '../support/node-red';
import { percentile } from '../support/percentile';

const EDGES = 40;
/** Long enough that a queue which can overflow has done so. */
const UNMEASURED = 5;
const SETTLE_MS = 1000;

const LOADS = [
  { groups: 1, serviceMs: 5 }, { groups: 5, serviceMs: 5 }, { groups: 8, serviceMs: 5 }, { groups: 13, serviceMs: 5 },
  { groups: 5, serviceMs: 20 },
];
const CASES: EdgeCase[] = [false, true].flatMap((ownUnits) => LOADS.map((load) => ({ ...load, ownUnits })));

interface Side { name: string; flow: typeof ourFlow }

async function main(): Promise<void> {
  const userDir = mkdtempSync(join(tmpdir(), 'mc-edge-'));
  try {
    const sides: Side[] = [{ name: 'these nodes', flow: ourFlow }];
    if (await peerInstalled(userDir)) sides.push({ name: 'peer', flow: peerFlow });
    const nodeRed = await startNodeRed({ userDir });
    try {
      for (const [index, edgeCase] of CASES.entries()) await compare(nodeRed, edgeCase, sides, index % 2 === 1);
    } finally {
      await nodeRed.stop();
    }
  } finally {
    rmSync(userDir, { recursive: true, force: true });
  }
}

/** Without a registry these nodes are still measured. */
async function peerInstalled(userDir: string): Promise<boolean> {
  try {
    await installPeer(userDir);
    console.log(`peer: ${PEER_NAME}; ${PEER_CAVEAT}`);
    return true;
  } catch (error) {
    console.log(`peer: ${PEER_NAME} could not be installed: ${(error as Error).message}`);
    return false;
  }
}

async function compare(nodeRed: RunningNodeRed, edgeCase: EdgeCase, sides: readonly Side[], lastFirst: boolean): Promise<void> {
  const reports = new Map<Side, EdgeReport>();
  for (const side of lastFirst ? sides.toReversed() : sides) reports.set(side, await measured(nodeRed, edgeCase, side));
  if ([...reports.values()].every(({ tookMs }) => tookMs.length === 0)) throw new Error(`nothing was measured:\n${nodeRed.log().slice(-3000)}`);
  const { groups, ownUnits, serviceMs } = edgeCase;
  console.log(`${groups} × 8 inputs each ${POLL_MS} ms, ${ownUnits ? 'a unit each' : 'one unit'}, ${serviceMs} ms a request: bound ${POLL_MS + 2 * serviceMs} ms`);
  for (const side of sides) print(side.name, reports.get(side));
}

async function measured(nodeRed: RunningNodeRed, edgeCase: EdgeCase, { flow }: Side): Promise<EdgeReport> {
  const device = await startEdgeDevice(edgeCase.serviceMs);
  try {
    await nodeRed.deploy(flow(edgeCase, device.port));
    await new Promise((resolve) => { setTimeout(resolve, SETTLE_MS); });
    return await device.measure({ edges: EDGES, unmeasured: UNMEASURED });
  } finally {
    // The side lets go of the device while that still answers.
    await nodeRed.deploy(NO_FLOW);
    device.stop();
  }
}

/** The percentiles are of the edges that arrived: one that was missed is in none of them. */
function print(name: string, report: EdgeReport | undefined): void {
  if (report === undefined) return;
  const { tookMs, missed, stale, meanServiceMs } = report;
  const ms = (value: number): string => (tookMs.length === 0 ? '–' : value.toFixed(1)).padStart(6);
  console.log(`  ${name.padEnd(12)} p50 ${ms(percentile(tookMs, 50))} ms  p95 ${ms(percentile(tookMs, 95))} ms  max ${ms(Math.max(...tookMs))} ms  `
    + `missed ${String(missed).padStart(2)} of ${missed + tookMs.length}  stale ${String(stale).padStart(2)}  (a request really took ${meanServiceMs.toFixed(1)} ms)`);
}

void main();
