import type { ControllerPort, RequestOptions } from './controller-port';
import { RestartFlag } from './reader-restart';
import { clearAndWatch, followUp, fromWords, NOTHING, StuckWatch, type Handshake, type MapOf, type PollResult } from './reader-handshake';

/** Inveo's way: a flag is set with each card and the host clears it (door-hardware 1.1). */
export class ClearFlag implements Handshake {
  private readonly stuck = new StuckWatch();
  private readonly restarts: RestartFlag | null;

  constructor(private readonly controller: ControllerPort, private readonly map: MapOf<'clear-flag'>) {
    this.restarts = map.reset == null ? null : new RestartFlag(controller, map.reset);
  }

  async poll(options: RequestOptions): Promise<PollResult> {
    const result = await this.pollCard(options);
    const restarted = (await this.restarts?.look(options)) ?? null;
    if (restarted !== null) this.stuck.idle();
    return restarted === null ? result : { read: result.read, trouble: result.trouble ?? restarted };
  }

  private async pollCard(options: RequestOptions): Promise<PollResult> {
    const words = this.adjacent ? await this.readTogether(options) : await this.readApart(options);
    if (words === null) {
      this.stuck.idle();
      return NOTHING;
    }
    const identifier = fromWords(words, this.controller.profile);
    const further = followUp(options);
    const trouble = await clearAndWatch(
      () => this.clear(further), this.stuck, identifier, () => this.flagged(further));
    return { read: { identifier, bitCount: null }, trouble };
  }

  lineBack(): void {
    this.stuck.idle();
  }

  /** Flag and number in one request cannot be torn apart. */
  private get adjacent(): boolean {
    const { flag, id } = this.map;
    return flag.fc === id.fc && (flag.address === id.address - 1 || flag.address === id.address + id.words);
  }

  private async readTogether(options: RequestOptions): Promise<number[] | null> {
    const { flag, id } = this.map;
    const words = await this.controller.readRegisters(id.fc, Math.min(flag.address, id.address), id.words + 1, options);
    const flagFirst = flag.address < id.address;
    const value = flagFirst ? words.shift() : words.pop();
    return value === 0 || value === undefined ? null : words;
  }

  /** The flag, the number, the flag again: one that fell meanwhile was taken by somebody else, or the device restarted. */
  private async readApart(options: RequestOptions): Promise<number[] | null> {
    const { id } = this.map;
    if (!(await this.flagged(options))) return null;
    const words = await this.controller.readRegisters(id.fc, id.address, id.words, followUp(options));
    return (await this.flagged(followUp(options))) ? words : null;
  }

  private async flagged(options: RequestOptions): Promise<boolean> {
    const { fc, address } = this.map.flag;
    if (fc === 1 || fc === 2) return (await this.controller.readBits(fc, address, 1, options))[0] === true;
    return (await this.controller.readRegisters(fc, address, 1, options))[0] !== 0;
  }
  private clear(options: RequestOptions): Promise<void> {
    const { kind, address } = this.map.clear;
    return kind === 'coil'
      ? this.controller.writeCoil(address, false, options)
      : this.controller.writeRegister(address, 0, options);
  }
}
