import { createHash } from 'node:crypto';
import type { AuditEvent } from '../../credential/audit-event';
import { lineOf } from '../journal-line';
import { sealedJson, splitSeal } from './sealed-text';

/** So that the hash of a record is the hash of nothing else. */
const DOMAIN = 'mobile-credential audit record 1\n';

/** A record of the chain. Who it concerns is told by pseudonyms, whose meaning the vault has. */
export interface ChainRecord extends Omit<AuditEvent, 'userId' | 'cardId'> {
  seq: number;
  person: string | null;
  card: string | null;
  /** Commitments to what the vault says of the two: in the first record of each segment that uses them. */
  personSeal?: string;
  cardSeal?: string;
  /** Last position of the caller's journal that is wholly in the trail with this record. */
  mark: string | null;
  /** Records of the same append that follow; the trail keeps all of them or none. */
  more?: number;
  /** Pseudonyms that mean nothing from here on. */
  gone?: string[];
  /** Hash of the record before. */
  prev: string;
}

export interface ReadRecord {
  record: ChainRecord;
  hash: string;
}

export function recordLine(record: ChainRecord): { line: string; hash: string } {
  const text = JSON.stringify(record);
  const hash = hashOf(text);
  return { line: lineOf(sealedJson('hash', { text, seal: hash })), hash };
}

/** A record from its line's JSON; null where it is not what its own hash says. */
export function readRecord(json: string | null): ReadRecord | null {
  const sealed = json === null ? null : splitSeal('hash', json);
  if (sealed === null || hashOf(sealed.text) !== sealed.seal) return null;
  try {
    return { record: JSON.parse(sealed.text) as ChainRecord, hash: sealed.seal };
  } catch {
    return null;
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(DOMAIN).update(text).digest('hex');
}
