/**
 * A card presented at the simulator until its strike is on, through a real Node-RED in a process of its own, beside a
 * plain loop of modbus-serial without Node-RED on the same device in the same run. Both ask at 20 Hz. The time is
 * taken at the device. Prints figures; fails only where a card opened nothing.
 */
import ModbusRTU from 'modbus-serial';
import { Simulator } from '../../nodes/simulator/simulator';
import { startNodeRed } from '../support/node-red';
import { percentile } from '../support/percentile';

const POLL_MS = 50;
const ROUNDS = 4;
const CARDS_A_ROUND = 25;
const STRIKE_MS = 100;
const LIMIT_MS = 3000;

type Figures = number[];

async function main(): Promise<void> {
  const simulator = new Simulator({ httpPort: 0, modbusPort: 0, credits: 500, doors: 2 });
  const ports = await simulator.start();
  const nodeRed = await startNodeRed();
  const plain = await plainLoop(ports.modbusPort);
  try {
    const cards = await issuedCards(simulator, ROUNDS * CARDS_A_ROUND);
    await nodeRed.deploy(flows(ports), { 'b-site': { email: 'demo@portal-to-door.example', password: 'portal-to-door-demo' } });
    await pause(1500);
    const ours: Figures = [];
    const theirs: Figures = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const part = cards.slice(round * CARDS_A_ROUND, (round + 1) * CARDS_A_ROUND);
      for (const card of part) ours.push(await presented(simulator, 1, card));
      for (const card of part) theirs.push(await presented(simulator, 2, card));
    }
    print('through Node-RED and this package', ours);
    print('plain loop of modbus-serial', theirs);
    const ratio = (p: number): string => (percentile(ours, p) / percentile(theirs, p)).toFixed(2);
    console.log(`ratio: p50 ×${ratio(50)}, p95 ×${ratio(95)} (asked every ${POLL_MS} ms: half of that is waiting for the next look)`);
  } finally {
    plain.stop();
    await nodeRed.stop();
    await simulator.stop();
  }
}

/** Credentials that are issued and activated at the simulated portal, as its page does it. */
async function issuedCards(simulator: Simulator, count: number): Promise<string[]> {
  const cards = Array.from({ length: count }, (_, index) => String(5_000_000_000_000_000 + index));
  for (const [index, number] of cards.entries()) {
    simulator.portal.issue({ number, userKey: `b${index}`, name: `Bench ${index}`, email: `b${index}@example.com`, phone: '', department: '', title: '', startDate: null, endDate: null });
    simulator.activate(number);
  }
  await pause(10);
  return cards;
}

/** Milliseconds from the card until the strike is on; then waits until it is off, and a random while. */
async function presented(simulator: Simulator, reader: 1 | 2, card: string): Promise<number> {
  const door = simulator.doors[reader - 1];
  if (door === undefined) throw new Error('no such door');
  const from = performance.now();
  simulator.presentCard(reader, card);
  while (!door.strikeOn) {
    if (performance.now() - from > LIMIT_MS) throw new Error(`card ${card.slice(-4)} opened nothing at reader ${reader}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const took = performance.now() - from;
  while (door.strikeOn) await pause(5);
  await pause(Math.random() * POLL_MS * 2);
  return took;
}

/** Reader 2 and strike 2 by modbus-serial alone: asks, compares the sequence number, writes the timed pulse. */
async function plainLoop(port: number): Promise<{ stop: () => void }> {
  const client = new ModbusRTU();
  await client.connectTCP('127.0.0.1', { port });
  client.setID(1);
  client.setTimeout(500);
  let last: number | null = null;
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    void client.readInputRegisters(100, 18).then(async ({ data }) => {
      const [sequence = 0] = data;
      if (last !== null && sequence !== last) await client.customFunction(5, [0x02, 0x01, 0x00, STRIKE_MS / 100] as never);
      last = sequence;
    }).catch((error: unknown) => { console.error(error); }).finally(() => { busy = false; });
  }, POLL_MS);
  await pause(POLL_MS * 4);
  return {
    stop: () => {
      clearInterval(timer);
      client.destroy(() => undefined);
    },
  };
}

function flows({ httpPort, modbusPort }: { httpPort: number; modbusPort: number }): Record<string, unknown>[] {
  const at = { z: 'b-tab', x: 100, y: 100 };
  return [
    { id: 'b-tab', type: 'tab', label: 'bench' },
    { id: 'b-site', type: 'mc-site', domain: 'http://127.0.0.1', port: String(httpPort), siteId: '1001', messaging: 'email' },
    { id: 'b-store', type: 'mc-store' },
    { id: 'b-line', type: 'mc-line', transport: 'tcp', host: '127.0.0.1', port: String(modbusPort) },
    { id: 'b-controller', type: 'mc-controller', line: 'b-line', unit: '1', profile: 'simulator' },
    { id: 'b-watch', type: 'mc-watch', ...at, site: 'b-site', store: 'b-store', intervalSeconds: '3600', statuses: [], wires: [[], []] },
    { id: 'b-reader', type: 'mc-reader', ...at, controller: 'b-controller', reader: '1', door: 'Bench', direction: 'in', format: 'csn-64', device: 'SIM-READER-1', pollMs: String(POLL_MS), repeatMs: '100', wires: [['b-access']] },
    { id: 'b-access', type: 'mc-access', ...at, store: 'b-store', wires: [['b-door'], [], []] },
    { id: 'b-door', type: 'mc-door', ...at, via: 'controller', controller: 'b-controller', door: 'Bench', strike: '1', contact: '1', strikeMs: String(STRIKE_MS), pollMs: String(POLL_MS), wires: [[], []] },
  ];
}

function print(name: string, figures: Figures): void {
  console.log(`${name.padEnd(36)} p50 ${percentile(figures, 50).toFixed(1)} ms  p95 ${percentile(figures, 95).toFixed(1)} ms  max ${Math.max(...figures).toFixed(1)} ms  (${figures.length} cards)`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

void main();
