/** Names of the card formats of the flow contract. */
export const CARD_FORMATS = [
  'h10301', 'h10306', 'h10302', 'h10304', 'c1000-35', 'c1000-48', 'csn-32', 'csn-56', 'csn-64', 'ascii', 'decimal',
] as const;

export type CardFormat = (typeof CARD_FORMATS)[number];

/**
 * Bits of a card number that each format can carry; null = any length. A longer number arrives cut to its last bits
 * (how Suprema readers cut: KB 24000046278).
 */
export const CARRIED_BITS: Readonly<Record<CardFormat, number | null>> = {
  h10301: 24, h10306: 32, h10302: 35, h10304: 35, 'c1000-35': 32, 'c1000-48': 45,
  'csn-32': 32, 'csn-56': 56, 'csn-64': 64, ascii: null, decimal: null,
};
