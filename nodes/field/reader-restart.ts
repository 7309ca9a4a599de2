import { McError } from '../credential/mc-error';
import type { ControllerPort, RequestOptions } from './controller-port';
import { followUp } from './reader-handshake';

/** A restart is no hurry: it is looked for this often, not with each poll. */
const LOOK_EVERY_MS = 1000;

/**
 * A flag that the device sets when it starts (Inveo, door-hardware 1.1). The first look only clears it: nobody knows for
 * how long it has been set. Later it tells that the reader was away, and that a card presented meanwhile was not read.
 */
export class RestartFlag {
  private lookedAt: number | null = null;

  constructor(private readonly controller: ControllerPort, private readonly place: { kind: 'coil' | 'register'; address: number }) {}

  /** The trouble to tell, null for none. Rejects with what the line rejects with. */
  async look(options: RequestOptions): Promise<McError | null> {
    const now = performance.now();
    if (this.lookedAt !== null && now - this.lookedAt < LOOK_EVERY_MS) return null;
    const further = followUp(options);
    if (!(await this.isSet(further))) {
      this.lookedAt = now;
      return null;
    }
    await this.clear(further);
    const first = this.lookedAt === null;
    this.lookedAt = now;
    return first ? null : new McError('ANSWER_INVALID',
      'The reader was restarted: a card that was presented meanwhile was not read. Present it again, and look at the reader\'s power if this comes often.');
  }

  private async isSet(options: RequestOptions): Promise<boolean> {
    const { kind, address } = this.place;
    if (kind === 'coil') return (await this.controller.readBits(1, address, 1, options))[0] === true;
    return (await this.controller.readRegisters(3, address, 1, options))[0] !== 0;
  }

  private clear(options: RequestOptions): Promise<void> {
    const { kind, address } = this.place;
    return kind === 'coil' ? this.controller.writeCoil(address, false, options) : this.controller.writeRegister(address, 0, options);
  }
}
