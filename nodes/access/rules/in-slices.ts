/** Work that stops now and then for others: whoever runs it decides when to go on. */
export type InSlices<T> = Generator<undefined, T>;

/** The same in one go. */
export function atOnce<T>(work: InSlices<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}
