import { CARD_FORMATS } from '../credential/card-format-names';
import { fieldsOf } from '../credential/input-fields';
import type { Read } from './decision';

/** Longest text that is taken over from a flow; a card number has at most 32 digits. */
const LONGEST_TEXT = 200;

/**
 * A read out of what a flow sends: what is missing or of another type becomes null, '' or 'in'. A card number given as
 * a JavaScript number is not taken, since long ones have already lost digits: the decision is BAD_READ.
 * @throws INPUT_INVALID where the payload is no object
 */
export function readFromPayload(payload: unknown): Read {
  const fields = fieldsOf(payload, 'a read with "cardId" and "door"');
  return {
    cardId: text(fields['cardId']) || null,
    format: CARD_FORMATS.find((format) => format === fields['format']) ?? null,
    bits: number(fields['bits']),
    facilityCode: text(fields['facilityCode']) || null,
    cardNumber: text(fields['cardNumber']) || null,
    parityOk: typeof fields['parityOk'] === 'boolean' ? fields['parityOk'] : null,
    door: text(fields['door']),
    direction: fields['direction'] === 'out' ? 'out' : 'in',
    reader: number(fields['reader']),
    device: text(fields['device']),
    readAt: text(fields['readAt']),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' && value.length <= LONGEST_TEXT ? value.trim() : '';
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
