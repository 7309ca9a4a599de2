/** What doors and readers will ask of a device, for the load of its line. Pure. */
import type { PlannedPoll } from './line-load';
import type { Profile, ReaderMap } from './profile-types';

/** Address and count, of any read. */
const REQUEST_BYTES = 4;

/** The inputs of a device are one poll, however many doors look at them. Null where it has none. */
export function inputPoll({ inputs }: Profile, everyMs: number): PlannedPoll | null {
  return inputs?.address == null ? null : { everyMs, requestBytes: REQUEST_BYTES, answerBytes: 1 + Math.ceil(inputs.count / 8) };
}

/** A reader on which no card is. Null for one that is not asked. */
export function readerPoll(reader: ReaderMap, everyMs: number): PlannedPoll | null {
  const words = wordsOf(reader);
  return words === null ? null : { everyMs, requestBytes: REQUEST_BYTES, answerBytes: 1 + words * 2 };
}

function wordsOf(reader: ReaderMap): number | null {
  switch (reader.handshake) {
    case 'clear-flag': return 1;
    case 'bit-count': return span(reader.count, reader.id);
    case 'sequence': return span(Math.min(reader.sequence, reader.bits ?? reader.sequence), reader.id);
    case 'stream': return null;
  }
}

function span(first: number, id: { address: number; words: number }): number {
  return Math.max(first, id.address + id.words - 1) - Math.min(first, id.address) + 1;
}
