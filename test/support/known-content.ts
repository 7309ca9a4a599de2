/** What a device of the frame fuzz holds: everybody can work out each register and bit, and no two places are alike. */
import { echoOf, type WireRequest } from './modbus-wire';

export function registerAt(unit: number, functionCode: number, address: number): number {
  let mixed = Math.imul(address + 1, 0x9e3779b1) ^ Math.imul(unit * 8 + functionCode, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) & 0xffff;
}

export function bitAt(unit: number, functionCode: number, address: number): boolean {
  return (registerAt(unit, functionCode, address) & 1) === 1;
}

/** The right answer, from its function code on. */
export function rightAnswer(request: WireRequest): number[] {
  const { unit, functionCode, address, value: count } = request;
  if (functionCode >= 5) return echoOf(request);
  const places = Array.from({ length: count }, (_, index) => address + index);
  if (functionCode >= 3) {
    return [functionCode, count * 2, ...places.flatMap((place) => {
      const value = registerAt(unit, functionCode, place);
      return [value >> 8, value & 0xff];
    })];
  }
  const bytes = new Array<number>(Math.ceil(count / 8)).fill(0);
  places.forEach((place, index) => { if (bitAt(unit, functionCode, place)) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (1 << (index & 7)); });
  return [functionCode, bytes.length, ...bytes];
}
