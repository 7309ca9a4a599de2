/** Counts of several runs, by name, added up and in words; the most frequent first. */
export function wordsOfCounts(runs: readonly Readonly<Record<string, number>>[]): string {
  const total = new Map<string, number>();
  for (const run of runs) for (const [name, count] of Object.entries(run)) total.set(name, (total.get(name) ?? 0) + count);
  return [...total].sort((one, other) => other[1] - one[1]).map(([name, count]) => `${count} ${name}`).join(', ');
}
