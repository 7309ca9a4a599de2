import type { NodeAPI } from 'node-red';
import type { DoorLevels } from '../../access/door-levels';

const byRuntime = new WeakMap<object, DoorBoard>();

/** Which doors of this runtime stand open, so that others keep shut. Doors tell, decisions look. */
export class DoorBoard implements DoorLevels {
  private readonly doors = new Map<string, Set<() => boolean | null>>();
  private readonly closings = new Map<string, number>();

  /** Puts a door on the board. Returns the function that takes it off. */
  add(door: string, isOpen: () => boolean | null): () => void {
    const there = this.doors.get(door) ?? new Set();
    this.doors.set(door, there.add(isOpen));
    return () => { there.delete(isOpen); };
  }

  noteClosed(door: string): void {
    this.closings.set(door, Date.now());
  }

  isOpen(door: string): boolean | null {
    let open: boolean | null = null;
    for (const ask of this.doors.get(door) ?? []) {
      const now = ask();
      if (now === true) return true;
      open ??= now;
    }
    return open;
  }

  closedAt(door: string): number | null {
    return this.closings.get(door) ?? null;
  }
}

export function doorBoard(RED: NodeAPI): DoorBoard {
  let board = byRuntime.get(RED.events);
  if (board === undefined) byRuntime.set(RED.events, (board = new DoorBoard()));
  return board;
}
