/** Runs `work` and throws what meanwhile was thrown or rejected with nobody to take it. */
export async function withoutTrouble<T>(work: () => Promise<T>): Promise<T> {
  const troubles: unknown[] = [];
  const note = (trouble: unknown): void => { troubles.push(trouble); };
  process.on('uncaughtException', note).on('unhandledRejection', note);
  try {
    const result = await work();
    // A rejection counts as unhandled only after the turn in which it happened.
    await new Promise((resolve) => setImmediate(resolve));
    if (troubles.length > 0) throw new AggregateError(troubles, `${troubles.length} errors that nobody took: ${troubles.map(String).join('; ')}`);
    return result;
  } finally {
    process.off('uncaughtException', note).off('unhandledRejection', note);
  }
}
