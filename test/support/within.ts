/** What `promise` brings, or an error with `trouble` when it did not settle in time. */
export async function within<T>(promise: Promise<T>, limitMs: number, trouble: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => { timer = setTimeout(() => { reject(new Error(`${trouble} within ${Math.round(limitMs)} ms`)); }, limitMs); });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
