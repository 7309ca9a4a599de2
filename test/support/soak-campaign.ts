import { until } from '../field/line-fixture';
import { wordsOfCounts } from './counts';
import { LineSoak, type SoakFigures } from './line-soak';
import { type SideBySide, sideBySide } from './side-by-side';

/** Commands divided over lines, Modbus/TCP and RTU frames in turn. Throws where a socket is left open. */
export async function runSoak(seed: number, commands: number, lines: number): Promise<SideBySide<SoakFigures>> {
  const before = openSockets();
  const runs = await sideBySide(lines, (index) => LineSoak.run({
    wire: index % 2 === 0 ? 'tcp' : 'rtu-tcp', seed: seed + index * 1000, commands: Math.ceil(commands / lines),
  }));
  await until(() => openSockets() <= before, 'the end of every socket');
  return runs;
}

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length;
}

export function wordsOfSoak(done: readonly SoakFigures[]): string {
  const sum = (field: 'commands' | 'carriedOut' | 'connects' | 'polls'): number => done.reduce((total, figures) => total + figures[field], 0);
  return `${sum('commands')} pulses beside ${sum('polls')} polls on ${done.length} lines with ${sum('connects')} connects; `
    + `${wordsOfCounts(done.map(({ endings }) => endings))}; ${sum('carriedOut')} carried out, none twice; `
    + `by code: ${wordsOfCounts(done.map(({ codes }) => codes))}; faults: ${wordsOfCounts(done.map(({ faults }) => faults))}`;
}
