/** One client of `/wsapi`. */
export interface Listener {
  /** Empty until the socket told its session. */
  session: string;
  /** True after `POST /api/events/start` of its session. */
  started: boolean;
  send(frame: unknown): void;
  /** Cuts the connection without a word. */
  cut(): void;
}

/** Who gets events: sockets that told a session and for which `events/start` came after that (suprema-api A9). */
export class EventSockets {
  private readonly listeners = new Set<Listener>();

  get count(): number {
    return this.listeners.size;
  }

  add(listener: Listener): void {
    this.listeners.add(listener);
  }

  remove(listener: Listener): void {
    this.listeners.delete(listener);
  }

  start(session: string): void {
    for (const listener of this.listeners) if (listener.session === session) listener.started = true;
  }

  /** @param isOpen whether a session is still good: the socket of one that is over gets nothing any more */
  deliver(frame: unknown, isOpen: (session: string) => boolean): void {
    for (const listener of this.listeners) if (listener.started && isOpen(listener.session)) listener.send(frame);
  }

  /** Sockets stay open and healthy, and get nothing until the next `events/start`. */
  silence(): void {
    for (const listener of this.listeners) listener.started = false;
  }

  drop(): void {
    for (const listener of this.listeners) listener.cut();
  }
}
