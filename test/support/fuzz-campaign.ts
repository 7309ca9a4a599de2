import { wordsOfCounts } from './counts';
import { type FuzzFigures, FrameFuzz } from './frame-fuzz';
import type { Wire } from './modbus-wire';
import { type SideBySide, sideBySide } from './side-by-side';

/** Answers divided over lines: every other one with a single request in flight, and with three timeouts in turn. */
export function runFuzz(wire: Wire, seed: number, answers: number, lines: number): Promise<SideBySide<FuzzFigures>> {
  return sideBySide(lines, (index) => FrameFuzz.run({
    wire, seed: seed + index * 1000, answers: Math.ceil(answers / lines), timeoutMs: 20 + index % 3 * 5, maxInFlight: index % 2 === 0 ? 1 : 4,
  }));
}

export function wordsOfFuzz(done: readonly FuzzFigures[]): string {
  const sum = (field: 'answers' | 'requests' | 'connects'): number => done.reduce((total, figures) => total + figures[field], 0);
  return `${sum('answers')} answers to ${sum('requests')} requests on ${done.length} lines with ${sum('connects')} connects; `
    + `answers: ${wordsOfCounts(done.map(({ mutated }) => mutated))}; requests: ${wordsOfCounts(done.map(({ ended }) => ended))}`;
}
