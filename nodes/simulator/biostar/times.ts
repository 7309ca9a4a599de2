/** `2026-01-01T00:00:00.00Z`, as on v1 routes (suprema-api A1). */
export function v1Time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 22)}Z`;
}

/** `2030-12-31T23:59:00`: rows of v2 searches have no zone and no fraction (suprema-api E4). */
export function v2Time(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}

/** Milliseconds since the epoch; a time without a zone is UTC. Null where it is no time. */
export function readTime(text: string): number | null {
  const plain = text.replace(/^(\d{4})[/.](\d\d)[/.](\d\d)/, '$1-$2-$3').replace(' ', 'T');
  const dated = /^\d{4}-\d\d-\d\d$/.test(plain) ? `${plain}T00:00` : plain;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(dated)) return null;
  const ms = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(dated) ? dated : `${dated}Z`);
  return Number.isNaN(ms) ? null : ms;
}
