/** The books of commands that were sent over a bad line, to be compared with those of the device. */
import assert from 'node:assert/strict';

/** `refused`: by the device, or before it was sent. `unknown`: it may have arrived. `expired`: it was never sent. */
export type Ending = 'confirmed' | 'refused' | 'unknown' | 'expired';

export class CommandLedger {
  private readonly endings = new Map<string, Ending>();

  note(key: string, ending: Ending): void {
    assert.ok(!this.endings.has(key), `a command ended twice: ${key}`);
    this.endings.set(key, ending);
  }

  get total(): number {
    return this.endings.size;
  }

  count(ending: Ending): number {
    return [...this.endings.values()].filter((one) => one === ending).length;
  }

  /** Throws what the device's books (how often it carried out each command) say otherwise. */
  compare(carriedOut: ReadonlyMap<string, number>): void {
    const wrong: string[] = [];
    for (const [key, times] of carriedOut) {
      const ending = this.endings.get(key);
      if (times !== 1) wrong.push(`${key} was carried out ${times} times`);
      if (ending === undefined) wrong.push(`${key} was carried out and never asked for`);
      if (ending === 'refused' || ending === 'expired') wrong.push(`${key} was carried out and called ${ending}`);
    }
    for (const [key, ending] of this.endings) if (ending === 'confirmed' && !carriedOut.has(key)) wrong.push(`${key} was called confirmed and not carried out`);
    assert.deepEqual(wrong, []);
    const [sum, confirmed] = [[...carriedOut.values()].reduce((total, times) => total + times, 0), this.count('confirmed')];
    assert.ok(confirmed <= sum && sum <= confirmed + this.count('unknown'), `${sum} were carried out, ${confirmed} confirmed, ${this.count('unknown')} unknown`);
  }
}
