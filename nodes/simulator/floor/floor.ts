import type { Clock } from '../../credential/clock';
import type { Activity } from '../activity';
import { CardReader } from './card-reader';
import { PhysicalDoor } from './physical-door';

/** What can be touched: doors, a reader at each, and a spare reader at no door. */
export class Floor {
  readonly doors: readonly PhysicalDoor[];
  readonly readers: readonly CardReader[];
  private readonly presented = new Set<(reader: CardReader) => void>();

  constructor(doors: number, clock: Clock, private readonly activity: Activity) {
    this.doors = Array.from({ length: doors }, (_, index) => new PhysicalDoor(index + 1, clock, activity));
    this.readers = [
      ...this.doors.map(({ door }) => new CardReader(door, `SIM-READER-${door}`, door)),
      new CardReader(doors + 1, 'SIM-READER-X', null),
    ];
  }

  /** A card is held to a reader (from 1). False where there is no such reader. */
  present(number: number, cardId: string): boolean {
    const reader = this.readers[number - 1];
    if (reader === undefined) return false;
    reader.present(cardId);
    for (const listener of this.presented) listener(reader);
    const { device, door } = reader;
    this.activity.tell('card-presented', { reader: number, device, cardId, ...(door === null ? {} : { door }) });
    return true;
  }

  onPresented(listener: (reader: CardReader) => void): void {
    this.presented.add(listener);
  }

  reset(): void {
    for (const door of this.doors) door.reset();
    for (const reader of this.readers) reader.powerUp();
  }

  stop(): void {
    for (const door of this.doors) door.stop();
  }
}
