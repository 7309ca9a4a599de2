const FIRST_DEVICE = 541_531_000;

/** Id under which the server knows a reader of the floor (from 1). */
export function deviceIdOf(reader: number): number {
  return FIRST_DEVICE + reader;
}

export function deviceNameOf(reader: number): string {
  return `Reader ${reader}`;
}

export function doorNameOf(door: number): string {
  return `Door ${door}`;
}
