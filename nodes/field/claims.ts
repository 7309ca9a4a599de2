import type { McError } from '../credential/mc-error';

/** Who has what, so that nobody else takes it. */
export class Claims {
  private readonly holders = new Map<string, string>();

  /** Throws what `refusal` makes of the holder's name. Returns the release. */
  claim(what: string, owner: string, refusal: (holder: string) => McError): () => void {
    const holder = this.holders.get(what);
    if (holder !== undefined) throw refusal(holder);
    this.holders.set(what, owner);
    let held = true;
    return () => {
      if (held) this.holders.delete(what);
      held = false;
    };
  }
}
