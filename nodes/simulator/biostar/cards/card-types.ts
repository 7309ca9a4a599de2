/** A kind of card; `type` and `mode` are the vendor's (suprema-api A4.1). */
export interface CardType {
  id: number;
  name: string;
  type: number;
  /** Word of the list's `card_type` filter (suprema-api A4.3). */
  filter: string;
}

export const CSN: CardType = { id: 0, name: 'CSN', type: 1, filter: 'csn' };
export const CSN_MOBILE: CardType = { id: 4, name: 'CSN Mobile', type: 4, filter: 'mobile' };

/** Kinds that can be created here. */
export const CARD_TYPES: readonly CardType[] = [
  CSN,
  { id: 1, name: 'CSN Wiegand', type: 10, filter: 'wiegand' },
  CSN_MOBILE,
];
