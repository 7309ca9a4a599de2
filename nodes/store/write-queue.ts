import type { ChangeDocument } from '../credential/documents';
import type { StoreWrite } from '../credential/store-port';

/** Batches that share one sync at most. */
const LARGEST_GROUP = 1000;
/** So that the IDs of changes sort like their numbers. */
const ID_DIGITS = 16;

interface Waiting {
  batch: StoreWrite[];
  json: string;
  /** Changes in it that get their number when it is their turn. */
  unnumbered: ChangeDocument[];
  resolve: () => void;
  reject: (error: Error) => void;
}

/** What a queue hands its batches to. Never two calls at a time. */
export interface Keeper {
  /** Highest number of a change that is visible. */
  lastChange(): number;
  /** Makes batches durable, all or none. */
  keep(batches: readonly string[]): Promise<void>;
  /** Makes a durable batch visible, at once. */
  show(batch: readonly StoreWrite[]): void;
}

/**
 * Brings batches onto the disk and then before everybody's eyes, in the order they came. Those that wait at the same
 * time share one sync (group commit: peers-store-security 2.6); where that fails, each gets its own chance, so that a
 * batch too large for the disk takes no other with it.
 */
export class WriteQueue {
  private waiting: Waiting[] = [];
  private draining: Promise<void> | null = null;

  constructor(private readonly keeper: Keeper) {}

  write(batch: readonly StoreWrite[]): Promise<void> {
    // As it will be read back, and out of the caller's reach.
    const json = JSON.stringify(batch);
    const copy = JSON.parse(json) as StoreWrite[];
    const unnumbered = copy.flatMap((write) => (write.collection === 'changes' && 'put' in write && write.put.seq === 0 ? [write.put] : []));
    return new Promise((resolve, reject) => {
      this.waiting.push({ batch: copy, json, unnumbered, resolve, reject });
      this.draining ??= this.drain();
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.draining !== null) await this.draining;
  }

  private async drain(): Promise<void> {
    // Whoever asks in the same turn of the event loop shares the first sync too.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0, LARGEST_GROUP);
      const error = await this.carry(group);
      if (error !== null && group.length === 1) group[0]?.reject(error);
      else if (error !== null) {
        for (const one of group) {
          const own = await this.carry([one]);
          if (own !== null) one.reject(own);
        }
      }
    }
    // In the same breath as the last look: a batch that comes later must find nobody draining.
    this.draining = null;
  }

  private async carry(group: readonly Waiting[]): Promise<Error | null> {
    let seq = this.keeper.lastChange();
    const lines = group.map(({ batch, json, unnumbered }) => {
      for (const change of unnumbered) {
        seq += 1;
        change.seq = seq;
        change._id = String(seq).padStart(ID_DIGITS, '0');
      }
      return unnumbered.length === 0 ? json : JSON.stringify(batch);
    });
    try {
      await this.keeper.keep(lines);
    } catch (error) {
      return error as Error;
    }
    for (const { batch, resolve } of group) {
      this.keeper.show(batch);
      resolve();
    }
    return null;
  }
}
