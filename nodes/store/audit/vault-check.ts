import type { ChainRecord } from './chain-record';
import { type Fault, firstOf } from './fault';
import { commitmentTo } from './vault-entry';
import type { VaultTables } from './vault-tables';

/** Holds what the vault says against what the chain has committed to. */
export class VaultCheck {
  private replaced: Fault | null = null;
  /** Pseudonyms that mean nothing, with the first record that uses them. */
  private readonly meaningless = new Map<string, number>();

  constructor(private readonly vault: VaultTables) {}

  take({ seq, person, personSeal, card, cardSeal }: ChainRecord): void {
    this.compare(seq, person, personSeal);
    this.compare(seq, card, cardSeal);
  }

  /** These were erased: that they mean nothing is right. */
  erased(pseudonyms: readonly string[]): void {
    for (const pseudonym of pseudonyms) this.meaningless.delete(pseudonym);
  }

  /** To be asked after the last record. */
  get fault(): Fault | null {
    const seq = Math.min(...this.meaningless.values());
    return firstOf(this.replaced, seq === Infinity ? null : { seq, reason: `Whom record ${seq} concerns is missing, and was not erased.` });
  }

  private compare(seq: number, pseudonym: string | null, seal: string | undefined): void {
    if (pseudonym === null) return;
    const entry = this.vault.get(pseudonym);
    if (entry === undefined) {
      if (!this.meaningless.has(pseudonym)) this.meaningless.set(pseudonym, seq);
    } else if (seal !== undefined && commitmentTo(entry) !== seal) {
      this.replaced ??= { seq, reason: `Whom record ${seq} concerns was replaced by something else.` };
    }
  }
}
