import type { LineReceiver } from './open-journal';

/** So much text goes over at a time: the other side reads it between two turns of its event loop. */
const PIECE_CHARACTERS = 128 * 1024;
/** Pieces on their way at most. */
const PIECES_AHEAD = 4;

/** Lines on their way to the thread that keeps the documents in memory; null: what was sent so far does not count. */
export class LoadStream implements LineReceiver {
  private piece: string[] = [];
  private characters = 0;
  private ahead = 0;
  private wake: (() => void) | null = null;

  constructor(private readonly send: (lines: string[] | null) => void) {}

  line(json: string): void | Promise<void> {
    this.piece.push(json);
    this.characters += json.length;
    return this.characters < PIECE_CHARACTERS ? undefined : this.flush();
  }

  restart(): void {
    this.piece = [];
    this.characters = 0;
    this.send(null);
  }

  /** Resolves when everything was sent and taken. */
  async end(): Promise<void> {
    if (this.piece.length > 0) await this.flush();
    while (this.ahead > 0) await this.room();
  }

  /** The other side has taken a piece. */
  taken(): void {
    this.ahead -= 1;
    this.wake?.();
  }

  private async flush(): Promise<void> {
    this.send(this.piece);
    this.piece = [];
    this.characters = 0;
    this.ahead += 1;
    while (this.ahead >= PIECES_AHEAD) await this.room();
  }

  private room(): Promise<void> {
    return new Promise((resolve) => { this.wake = resolve; });
  }
}
