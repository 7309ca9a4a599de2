/** Addresses that a profile gives to two things: a strike that clears a reader's flag, an input that is an output. Pure. */
import type { Profile, ReaderMap } from './profile-types';

interface Range {
  /** Path of the field. */
  name: string;
  /** Coils and registers that are written have their own memory each; what only is read may lie in the same as both. */
  area: 'coil' | 'holding' | 'discrete' | 'input';
  from: number;
  count: number;
}

const AREAS = { 1: 'coil', 2: 'discrete', 3: 'holding', 4: 'input' } as const;

/** Says which two fields name the same address, null where none do. */
export function overlap(profile: Profile): string | null {
  const written = outputRanges(profile);
  const others = [...inputRange(profile), ...profile.readers.flatMap(readerRanges)];
  for (const one of written) {
    const other = others.find((range) => range.area === one.area && range.from < one.from + one.count && one.from < range.from + range.count);
    if (other !== undefined) return `${one.name} and ${other.name} use the same addresses: one would switch the other`;
  }
  return null;
}

function outputRanges({ outputs, pulse }: Profile): Range[] {
  const count = outputs?.count ?? 0;
  const ranges: Range[] = [];
  if (outputs?.address != null) ranges.push({ name: 'profile.outputs', area: outputs.kind === 'coil' ? 'coil' : 'holding', from: outputs.address, count });
  if (pulse?.address != null) ranges.push({ name: 'profile.pulse', area: pulse.kind === 'fc6-command' ? 'holding' : 'coil', from: pulse.address, count });
  return ranges;
}

function inputRange({ inputs }: Profile): Range[] {
  return inputs?.address == null ? [] : [{ name: 'profile.inputs', area: AREAS[inputs.fc], from: inputs.address, count: inputs.count }];
}

function readerRanges(reader: ReaderMap, index: number): Range[] {
  const name = `profile.readers[${index}]`;
  const range = (field: string, area: Range['area'], from: number | null, count = 1): Range[] =>
    (from === null ? [] : [{ name: `${name}.${field}`, area, from, count }]);
  const place = (field: string, at: { kind: 'coil' | 'register'; address: number | null } | null | undefined): Range[] =>
    (at == null ? [] : range(field, at.kind === 'coil' ? 'coil' : 'holding', at.address));
  switch (reader.handshake) {
    case 'clear-flag':
      return [
        ...range('flag', AREAS[reader.flag.fc], reader.flag.address), ...range('id', AREAS[reader.id.fc], reader.id.address, reader.id.words),
        ...place('clear', reader.clear), ...place('reset', reader.reset),
      ];
    case 'bit-count':
      return [...range('count', 'holding', reader.count), ...range('id', AREAS[reader.fc], reader.id.address, reader.id.words)];
    case 'sequence':
      return [...range('sequence', AREAS[reader.fc], reader.sequence), ...range('id', AREAS[reader.fc], reader.id.address, reader.id.words)];
    case 'stream':
      return [];
  }
}
