import type { Socket } from 'node:net';

/** What a device sends on one connection, piece after piece in the order in which it was given. */
export class AnswerOutlet {
  private readonly pieces: { bytes: Buffer | null; gapMs: number }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private mutedUntil = 0;

  constructor(private readonly socket: Socket) {}

  send(bytes: Buffer, gapMs = 0): void {
    if (performance.now() < this.mutedUntil) return;
    this.pieces.push({ bytes, gapMs });
    if (this.timer === undefined) this.next();
  }

  sendLater(ms: number, bytes: Buffer): void {
    setTimeout(() => { this.send(bytes); }, ms);
  }

  /** What is given meanwhile is lost. */
  mute(ms: number): void {
    this.mutedUntil = performance.now() + ms;
  }

  hangUp(): void {
    this.pieces.push({ bytes: null, gapMs: 0 });
    if (this.timer === undefined) this.next();
  }

  private next(): void {
    this.timer = undefined;
    for (let piece = this.pieces[0]; piece !== undefined; piece = this.pieces[0]) {
      if (piece.gapMs > 0) {
        const { gapMs } = piece;
        piece.gapMs = 0;
        this.timer = setTimeout(() => { this.next(); }, gapMs);
        return;
      }
      this.pieces.shift();
      if (this.socket.destroyed) continue;
      if (piece.bytes === null) this.socket.end();
      else this.socket.write(piece.bytes);
    }
  }
}
