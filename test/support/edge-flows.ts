/**
 * The two flows of the benchmark edge-to-coil: coil 0 follows input 0, while further groups of eight inputs are polled
 * as often. Everything else is as each package's dialog has it.
 */
export interface EdgeCase {
  groups: number;
  /** Whether each group is a unit of its own. */
  ownUnits: boolean;
  serviceMs: number;
}

export const POLL_MS = 50;
/** Between the groups' addresses, so that their reads of eight are not adjacent. */
const APART = 16;
const INPUTS = 8;

/** Without x and y a node would be taken as a config node. */
const ON_TAB = { z: 'e-tab', x: 100, y: 100 };
const TAB = { id: 'e-tab', type: 'tab', label: 'edge to coil' };

type Flow = Record<string, unknown>[];

/** Nothing at all, which stops what ran. */
export const NO_FLOW: Flow = [TAB];

export function ourFlow(edgeCase: EdgeCase, port: number): Flow {
  return [
    TAB,
    { id: 'e-line', type: 'mc-line', transport: 'tcp', host: '127.0.0.1', port: String(port) },
    // A forced door is unlocked, and locked when it closes: no way to run a door, but the way from an input to a coil.
    follower("const command = { opened: 'unlock', closed: 'lock' }[msg.payload.event]; if (command === undefined) return null; return { payload: command };", 'e-door-0'),
    ...indexes(edgeCase).flatMap((index) => [
      { id: `e-controller-${index}`, type: 'mc-controller', line: 'e-line', unit: unit(edgeCase, index), profile: 'generic', overrides: overrides(index) },
      {
        id: `e-door-${index}`, type: 'mc-door', ...ON_TAB, via: 'controller', controller: `e-controller-${index}`, door: `Door ${index}`,
        strike: String(index + 1), contact: '1', contactClosedIs: '0', hostPulse: true, debounceMs: '0', heldOpenMs: '0', pollMs: String(POLL_MS),
        wires: [[], index === 0 ? ['e-follow'] : []],
      },
    ]),
  ];
}

export function peerFlow(edgeCase: EdgeCase, port: number): Flow {
  return [
    TAB,
    {
      id: 'e-client', type: 'modbus-client', clienttype: 'tcp', tcpHost: '127.0.0.1', tcpPort: String(port), tcpType: 'DEFAULT', unit_id: '1',
      bufferCommands: true, commandDelay: '1', clientTimeout: '1000', reconnectOnTimeout: true, reconnectTimeout: '2000', parallelUnitIdsAllowed: true,
      stateLogEnabled: false, queueLogEnabled: false, failureLogEnabled: true,
    },
    follower("const on = msg.payload[0]; if (on === context.get('last')) return null; context.set('last', on); return { payload: on };", 'e-write'),
    { id: 'e-write', type: 'modbus-write', ...ON_TAB, server: 'e-client', unitid: '1', dataType: 'Coil', adr: '0', quantity: '1', wires: [[], []] },
    ...indexes(edgeCase).map((index) => ({
      id: `e-read-${index}`, type: 'modbus-read', ...ON_TAB, server: 'e-client', unitid: unit(edgeCase, index),
      dataType: 'Input', adr: String(index * APART), quantity: String(INPUTS), rate: String(POLL_MS), rateUnit: 'ms',
      wires: [index === 0 ? ['e-follow'] : [], []],
    })),
  ];
}

function follower(func: string, to: string): Record<string, unknown> {
  return { id: 'e-follow', type: 'function', ...ON_TAB, outputs: 1, func, wires: [[to]] };
}

/** One device, of which each controller has its own eight inputs and all know all coils. */
function overrides(index: number): string {
  return JSON.stringify({
    inputs: { fc: 2, address: index * APART, count: INPUTS },
    outputs: { kind: 'coil', address: 0, count: APART, readBack: null },
  });
}

function indexes({ groups }: EdgeCase): number[] {
  return Array.from({ length: groups }, (_, index) => index);
}

function unit({ ownUnits }: EdgeCase, index: number): string {
  return String(ownUnits ? index + 1 : 1);
}
